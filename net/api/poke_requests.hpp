#pragma once

#include "domain/store.hpp"
#include "net/api/admitted_request.hpp"
#include "net/api/awaited.hpp"
#include "net/api/poke_service.hpp"
#include "net/api/refusal.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace pusherd::net {

/// What users ask about their pokes: how their pushers do, and for one that is sent for a test. One a thread. Throws
/// what the store throws.
class poke_requests {
public:
    /// The body of a 200; a refusal; or nothing yet: the request's test is to be put, and it is to be handled again.
    struct to_be_tested {};
    using outcome = std::variant<std::string, refusal, to_be_tested>;

    /// @param service none: nobody sends pokes
    poke_requests(domain::store_reader& reader, poke_service* service, answer_carrier& carrier) noexcept
        : reader_(reader), service_(service), carrier_(carrier) {}

    /// Nothing if the user may have this now; counts it.
    [[nodiscard]] std::optional<refusal> check_rate(endpoint target, std::string_view user_id) const;

    [[nodiscard]] outcome handle(admitted_request& request, std::string_view body, domain::timestamp now) const;

    void put(admitted_request& request, answer_waiter& waiter) const noexcept;

private:
    [[nodiscard]] outcome begin_test(admitted_request& request, std::string_view body) const;
    [[nodiscard]] static outcome outcome_of(const poke_test_outcome& came);

    domain::store_reader& reader_;
    poke_service* service_;
    answer_carrier& carrier_;
};

}  // namespace pusherd::net
