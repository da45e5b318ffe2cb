#pragma once

#include "domain/gateway_policy.hpp"
#include "domain/pokes/delivery_failure.hpp"
#include "net/pokes/bounds.hpp"
#include "net/pokes/gateway_location.hpp"
#include "net/pokes/name_lookup.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/task.hpp"
#include "net/tls/server_context.hpp"
#include "net/upstream/upstream_connection.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::net {

/// What came of a request to a push gateway.
struct gateway_answer {
    std::optional<domain::validator_answer> answer;  ///< nothing: see `failure`
    std::string retry_after{};                       ///< the answer's field; empty: none
    domain::delivery_failure failure{};              ///< why there is no answer
};

/// What all gateways share. The loop's thread.
struct gateway_terms {
    domain::gateway_policy policy{};      ///< where connections may lead
    bool allow_insecure = false;          ///< http as well
    std::filesystem::path authorities{};  ///< see tls::verify_servers()

    tls::context_ptr context{};  ///< made when it is first wanted; a server that pokes nobody needs no OpenSSL
    std::string why_no_tls{};    ///< what has failed then

    /// Makes the context unless it is there, or has failed. @return why there is none; empty: there is one
    [[nodiscard]] const std::string& prepare_tls();
};

/// A push gateway: its connections, which are kept for the next request. How many there are at a time is the
/// schedule's business. The loop's thread.
class gateway {
public:
    /// All of them must outlive it.
    gateway(event_loop& loop, gateway_terms& terms, name_lookup& names, gateway_location where)
        : loop_(loop), terms_(terms), names_(names), where_(std::move(where)) {}

    gateway(const gateway&) = delete;
    gateway& operator=(const gateway&) = delete;

    /// POSTs a body of JSON. A request that failed on a connection that was kept, without having been heard, is put on
    /// another.
    /// @param target path and query
    /// @param at_most from the first moment to the last
    [[nodiscard]] task<gateway_answer> post(std::string target, std::string body,
                                            std::chrono::seconds at_most = poke_bounds::request_timeout);

    /// Whatever is under way, and all that comes, fails; check_deadlines() is to be called after it.
    void abort() noexcept { is_aborted_ = true; }

    /// To be called often.
    void check_deadlines(clock::time_point now) noexcept;

    /// Whether nothing would be lost with it.
    [[nodiscard]] bool is_idle() const noexcept { return kept_.empty() && posts_ == 0; }

private:
    using connections = boost::intrusive::list<upstream_connection, boost::intrusive::constant_time_size<false>>;
    struct kept_connection {
        std::unique_ptr<upstream_connection> connection;
        tcp::endpoint to;
        clock::time_point since{};
    };
    struct checked_addresses {
        std::vector<tcp::endpoint> allowed;
        domain::delivery_failure failure{};  // why there are none
    };

    [[nodiscard]] std::string to_bytes(const std::string& target, const std::string& body) const;
    [[nodiscard]] task<gateway_answer> try_all(std::string_view bytes, clock::time_point deadline);
    [[nodiscard]] task<gateway_answer> try_on_new_connection(std::string_view bytes, clock::time_point deadline);
    [[nodiscard]] domain::delivery_failure why_not_at_all();
    [[nodiscard]] checked_addresses check(const found_addresses& found) const;
    [[nodiscard]] task<exchanged> exchange(upstream_connection& on, std::string_view bytes, clock::time_point deadline);
    [[nodiscard]] bool may_lead_to(const tcp::endpoint& address) const;
    [[nodiscard]] std::optional<kept_connection> take_kept();
    void keep(kept_connection used);

    event_loop& loop_;
    gateway_terms& terms_;
    name_lookup& names_;
    gateway_location where_;
    bool is_aborted_ = false;
    std::size_t posts_ = 0;             // under way
    std::deque<kept_connection> kept_;  // the last one was used last
    connections under_way_;             // those with a deadline
};

}  // namespace pusherd::net
