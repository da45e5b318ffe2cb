#pragma once

#include "domain/counter.hpp"
#include "domain/logger.hpp"
#include "domain/validators/token_validator.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/suspension.hpp"
#include "net/server/task.hpp"
#include "net/tls/server_context.hpp"
#include "net/upstream/address_book.hpp"
#include "net/upstream/circuit_breaker.hpp"
#include "net/upstream/upstream_connection.hpp"
#include "net/upstream/upstream_url.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pusherd::net {

/// What came of a request to an upstream server: its answer, or why there is none, for the operator.
struct no_answer {
    std::string why;
};
using upstream_result = std::variant<domain::validator_answer, no_answer>;

/// A server that requests are put to: over connections that are kept, with a deadline for each request, and not at all
/// while it does not answer. The loop's thread, but for the constructor.
class upstream {
public:
    struct options {
        upstream_url url;
        std::chrono::seconds timeout{5};    ///< for a request, from the first moment to the last
        std::filesystem::path authorities;  ///< see tls::verify_server
        /// What it means to clients that it does not answer; for the log.
        std::string_view meanwhile = "who has been known for a short time stays so, everybody else gets 503";
    };

    /// Throws tls::unusable.
    /// @param name for the log
    upstream(event_loop& loop, options how, std::string name, domain::logger& log);

    upstream(const upstream&) = delete;
    upstream& operator=(const upstream&) = delete;

    /// Puts a request that may be put twice: on a connection that was kept, and that turns out to be gone, it fails
    /// without having been heard, and is put on another.
    [[nodiscard]] task<upstream_result> put(domain::validator_request request);

    /// To be called often, and after abort().
    void check_deadlines(clock::time_point now) noexcept;

    /// Whatever is under way, and all that comes, fails.
    void abort() noexcept;

    /// Any thread.
    [[nodiscard]] bool is_failing() const noexcept { return is_failing_; }
    [[nodiscard]] std::uint64_t requests() const noexcept { return requests_.value(); }
    [[nodiscard]] std::uint64_t failures() const noexcept { return failures_.value(); }

private:
    class place;
    struct turn : boost::intrusive::list_base_hook<unlinking> {
        suspension waiting;
    };
    using connections = boost::intrusive::list<upstream_connection, boost::intrusive::constant_time_size<false>>;
    using turns = boost::intrusive::list<turn, boost::intrusive::constant_time_size<false>>;
    struct kept_connection {
        std::unique_ptr<upstream_connection> connection;
        clock::time_point since;
    };

    [[nodiscard]] std::string to_bytes(const domain::validator_request& request) const;
    [[nodiscard]] task<exchanged> try_all(std::string_view bytes, clock::time_point deadline);
    [[nodiscard]] task<exchanged> try_on_new_connection(std::string_view bytes, clock::time_point deadline);
    [[nodiscard]] task<std::vector<tcp::endpoint>> find_addresses(clock::time_point deadline);
    [[nodiscard]] task<exchanged> exchange(upstream_connection& on, std::string_view bytes, clock::time_point deadline);
    [[nodiscard]] std::unique_ptr<upstream_connection> take_kept();
    void keep(std::unique_ptr<upstream_connection> used);
    void note(const exchanged& done);

    event_loop& loop_;
    options how_;
    std::string name_;
    domain::logger& log_;
    tls::context_ptr context_;
    address_book book_;
    std::string name_to_tell_;  // of the server, in a TLS handshake; an address is none (RFC 6066, 3)
    tcp::endpoint last_good_{};
    circuit_breaker breaker_;
    std::size_t busy_ = 0;              // connections that a request is on
    std::deque<kept_connection> kept_;  // the last one was used last
    connections under_way_;             // those with a deadline
    turns waiting_;                     // requests without a connection, or without an address
    bool is_aborted_ = false;
    std::atomic<bool> is_failing_ = false;
    domain::counter requests_;
    domain::counter failures_;
};

}  // namespace pusherd::net
