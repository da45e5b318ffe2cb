#include "net/api/poke_requests.hpp"

#include "domain/pokes/poke_test.hpp"
#include "net/api/health_body.hpp"

#include <chrono>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::chrono::seconds retry_of_test{5};

}  // namespace

std::optional<refusal> poke_requests::check_rate(endpoint target, std::string_view user_id) const {
    if (target != endpoint::test_pusher || service_ == nullptr) return std::nullopt;
    const auto wait = service_->take_test(user_id);
    return wait ? std::optional(refusals::too_many_tests(*wait)) : std::nullopt;
}

poke_requests::outcome poke_requests::handle(admitted_request& request, std::string_view body,
                                             domain::timestamp now) const {
    if (request.target == endpoint::show_health) return health_body(reader_.health_of(request.who.user_id, now));
    return request.test ? outcome_of(request.test->outcome) : begin_test(request, body);
}

poke_requests::outcome poke_requests::begin_test(admitted_request& request, std::string_view body) const {
    auto key = domain::parse_poke_test(body);
    if (!key) return to_refusal(key.error(), {});
    if (service_ == nullptr) return refusals::nobody_to_test(retry_of_test);
    request.test.emplace(carrier_, request.who.user_id, std::move(*key));
    return to_be_tested{};
}

poke_requests::outcome poke_requests::outcome_of(const poke_test_outcome& came) {
    if (came.what == poke_test_outcome::verdict::unknown) return refusals::no_such_pusher();
    if (came.what == poke_test_outcome::verdict::busy) return refusals::nobody_to_test(retry_of_test);
    return test_body(came);
}

void poke_requests::put(admitted_request& request, answer_waiter& waiter) const noexcept {
    request.test->waiter = &waiter;
    service_->test(*request.test);
}

}  // namespace pusherd::net
