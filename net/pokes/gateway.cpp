#include "net/pokes/gateway.hpp"

#include "domain/ip_address.hpp"
#include "net/tls/client_context.hpp"
#include "net/tls/credentials.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <utility>

namespace pusherd::net {
namespace {

using domain::delivery_failure;
using domain::failure_kind;

gateway_answer no_answer_for(delivery_failure why) { return {std::nullopt, {}, std::move(why)}; }

delivery_failure failure_of(const exchanged& done) {
    const auto kind = done.is_late        ? failure_kind::timeout
                      : done.was_nonsense ? failure_kind::answer
                                          : failure_kind::connection;
    return {kind, 0, done.problem};
}

gateway_answer answer_of(exchanged& done) {
    if (!done.answer) return no_answer_for(failure_of(done));
    return {std::move(done.answer), std::move(done.retry_after), {}};
}

domain::ip_address address_of(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    if (address.is_v6()) return {address.to_v6().to_bytes()};
    return {asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes()};
}

struct count_while {
    explicit count_while(std::size_t& of) noexcept : count(of) { ++count; }
    ~count_while() { --count; }
    count_while(const count_while&) = delete;
    count_while& operator=(const count_while&) = delete;
    std::size_t& count;
};

}  // namespace

const std::string& gateway_terms::prepare_tls() {
    if (context || !why_no_tls.empty()) return why_no_tls;
    try {
        context = tls::make_client_context();
        tls::verify_servers(*context, authorities);
    } catch (const tls::unusable& problem) {
        context = nullptr;
        why_no_tls = problem.what();
    }
    return why_no_tls;
}

std::string gateway::to_bytes(const std::string& target, const std::string& body) const {
    std::string bytes = "POST " + target + " HTTP/1.1\r\nHost: " + where_.server.authority();
    bytes +=
        "\r\nUser-Agent: pusherd\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: ";
    bytes.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return bytes;
}

task<gateway_answer> gateway::post(std::string target, std::string body, std::chrono::seconds at_most) {
    const count_while under_way(posts_);
    delivery_failure hopeless = why_not_at_all();
    if (hopeless.kind != failure_kind::none) co_return no_answer_for(std::move(hopeless));
    const std::string bytes = to_bytes(target, body);
    const clock::time_point deadline = clock::now() + at_most;
    gateway_answer done = co_await try_all(bytes, deadline);
    co_return done;
}

// The options may be others than when the pusher was set.
delivery_failure gateway::why_not_at_all() {
    const std::string& host = where_.server.host;
    const auto allowed = domain::check_gateway_host(host, terms_.policy);
    if (!allowed) return {failure_kind::blocked, 0, allowed.error().message};
    if (!where_.server.is_secure && !terms_.allow_insecure)
        return {failure_kind::blocked, 0,
                "'data.url' is no https URL (the server's option --allow-insecure-gateways allows http)"};
    if (where_.server.is_secure && !terms_.prepare_tls().empty()) return {failure_kind::tls, 0, terms_.why_no_tls};
    return {};
}

task<gateway_answer> gateway::try_all(std::string_view bytes, clock::time_point deadline) {
    if (auto kept = take_kept()) {
        exchanged done = co_await exchange(*kept->connection, bytes, deadline);
        const bool was_gone = !done.answer && done.was_unheard && !done.is_late && clock::now() < deadline;
        // Where one that was kept is dead, so may be the others; and the gateway may have taken what it left
        // unanswered, so it is asked once more, and not by each of them.
        if (!done.answer && done.was_unheard) kept_.clear();
        if (done.may_be_kept) keep(std::move(*kept));
        if (!was_gone) co_return answer_of(done);
    }
    gateway_answer done = co_await try_on_new_connection(bytes, deadline);
    co_return done;
}

// The addresses are checked here, and the connection goes to one that was: what the name leads to later is nothing to
// this request.
gateway::checked_addresses gateway::check(const found_addresses& found) const {
    checked_addresses checked;
    if (found.addresses.empty()) checked.failure = {failure_kind::name, 0, found.problem};
    for (const tcp::endpoint& each : found.addresses) {
        const auto is_allowed = domain::check_gateway_address(address_of(each), terms_.policy);
        if (is_allowed)
            checked.allowed.push_back(each);
        else
            checked.failure = {failure_kind::blocked, 0, is_allowed.error().message};
    }
    return checked;
}

task<gateway_answer> gateway::try_on_new_connection(std::string_view bytes, clock::time_point deadline) {
    const upstream_url& server = where_.server;
    const found_addresses found = co_await names_.find(server.host, server.port, deadline);
    checked_addresses checked = check(found);
    if (checked.allowed.empty()) co_return no_answer_for(std::move(checked.failure));
    tls::meeting meeting;
    if (server.is_secure) meeting = {terms_.context.get(), address_in(server.host) ? "" : server.host, server.host};
    delivery_failure failure;
    for (std::size_t i = 0; i < checked.allowed.size(); ++i) {
        // One that leads nowhere must leave some time for the others.
        const auto now = clock::now();
        const auto share = (deadline - now) / static_cast<int>(checked.allowed.size() - i);
        auto connection = std::make_unique<upstream_connection>(loop_);
        under_way_.push_back(*connection);
        std::string problem = co_await connection->connect(checked.allowed[i], meeting, now + share);
        if (problem.empty()) {
            exchanged done = co_await exchange(*connection, bytes, deadline);
            if (done.may_be_kept) keep({std::move(connection), checked.allowed[i]});
            co_return answer_of(done);
        }
        const auto kind = connection->is_late()              ? failure_kind::timeout
                          : connection->has_begun_with_tls() ? failure_kind::tls
                                                             : failure_kind::connection;
        failure = {kind, 0, std::move(problem)};
        if (is_aborted_ || clock::now() >= deadline) break;
    }
    names_.look_again(server.host, server.port);
    co_return no_answer_for(std::move(failure));
}

task<exchanged> gateway::exchange(upstream_connection& on, std::string_view bytes, clock::time_point deadline) {
    if (!on.is_linked()) under_way_.push_back(on);
    exchanged done = co_await on.exchange(bytes, deadline, {poke_bounds::answer_bytes, true});
    on.unlink();
    co_return done;
}

bool gateway::may_lead_to(const tcp::endpoint& address) const {
    return domain::check_gateway_address(address_of(address), terms_.policy).has_value();
}

// The options may be others than when it was opened.
std::optional<gateway::kept_connection> gateway::take_kept() {
    while (!kept_.empty()) {
        auto kept = std::move(kept_.back());
        kept_.pop_back();
        if (kept.connection->is_open() && may_lead_to(kept.to)) return kept;
    }
    return std::nullopt;
}

void gateway::keep(kept_connection used) {
    used.since = clock::now();
    kept_.push_back(std::move(used));
}

void gateway::check_deadlines(clock::time_point now) noexcept {
    for (upstream_connection& each : under_way_) each.check_deadline(is_aborted_ ? clock::time_point::max() : now);
    // Longer, and something on the way may have forgotten it without a word.
    while (!kept_.empty() && now - kept_.front().since >= poke_bounds::idle) kept_.pop_front();
}

}  // namespace pusherd::net
