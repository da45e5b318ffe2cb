#include "net/upstream/upstream.hpp"

#include "domain/fixed_text.hpp"
#include "domain/wipe.hpp"
#include "net/bounds.hpp"
#include "net/tls/client_context.hpp"
#include "net/upstream/look_up.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace pusherd::net {
namespace {

void wipe_secrets(domain::validator_request& request, std::string& bytes) noexcept {
    domain::wipe(bytes);
    domain::wipe(request.body);
    for (auto& [name, value] : request.fields) domain::wipe(value);
}

exchanged failed(std::string why) {
    exchanged done;
    done.problem = std::move(why);
    return done;
}

exchanged not_put() {
    exchanged done = failed("all connections to it are busy");
    done.was_put = false;
    return done;
}

tls::context_ptr make_context(const upstream::options& how) {
    if (!how.url.is_secure) return nullptr;
    tls::context_ptr context = tls::make_client_context();
    tls::verify_server(*context, how.url.host, how.authorities);
    return context;
}

}  // namespace

/// One of the connections that there may be at a time, as long as a request is on it.
class upstream::place {
public:
    explicit place(upstream& of) noexcept : of_(of) { ++of_.busy_; }
    ~place() {
        --of_.busy_;
        if (of_.waiting_.empty()) return;
        turn& next = of_.waiting_.front();
        next.unlink();  // each place that is free wakes another
        next.waiting.resume_later(of_.loop_);
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;

private:
    upstream& of_;
};

upstream::upstream(event_loop& loop, options how, std::string name, domain::logger& log)
    : loop_(loop),
      how_(std::move(how)),
      name_(std::move(name)),
      log_(log),
      context_(make_context(how_)),
      book_(how_.url.host, how_.url.port),
      name_to_tell_(address_in(how_.url.host) ? "" : how_.url.host) {}

std::string upstream::to_bytes(const domain::validator_request& request) const {
    std::string bytes(request.method);
    bytes.append(" ").append(how_.url.path).append(request.target);
    if (how_.url.path.empty() && request.target.empty()) bytes += '/';
    bytes.append(" HTTP/1.1\r\nHost: ").append(how_.url.authority()).append("\r\n");
    for (const auto& [name, value] : request.fields) bytes.append(name).append(": ").append(value).append("\r\n");
    if (!request.body.empty()) bytes.append("Content-Length: ").append(std::to_string(request.body.size())) += "\r\n";
    bytes.append("\r\n").append(request.body);
    return bytes;
}

task<upstream_result> upstream::put(domain::validator_request request) {
    std::string bytes = to_bytes(request);
    if (is_aborted_ || !breaker_.lets_pass(clock::now())) {
        wipe_secrets(request, bytes);
        co_return no_answer{"it is left alone for a while"};
    }
    requests_.add();
    const clock::time_point deadline = clock::now() + how_.timeout;
    exchanged done;
    try {
        done = co_await try_all(bytes, deadline);
    } catch (const std::exception& failure) {  // no memory, no descriptor: the breaker must know of it
        done.problem = failure.what();
    }
    wipe_secrets(request, bytes);
    note(done);
    if (done.answer) co_return std::move(*done.answer);
    co_return no_answer{std::move(done.problem)};
}

task<exchanged> upstream::try_all(std::string_view bytes, clock::time_point deadline) {
    turn mine;
    if (waiting_.size() >= bounds::upstream_waiting) co_return not_put();
    while (busy_ >= bounds::upstream_connections) {
        if (is_aborted_ || clock::now() >= deadline) co_return not_put();
        if (!mine.is_linked()) waiting_.push_back(mine);
        co_await mine.waiting.until_resumed();
    }
    if (mine.is_linked()) mine.unlink();
    const place taken(*this);
    while (auto kept = take_kept()) {
        exchanged done = co_await exchange(*kept, bytes, deadline);
        // Where one that was kept is dead without a word, such as behind a firewall, so are the others.
        if (done.is_late && done.was_unheard) kept_.clear();
        const bool was_gone = !done.answer && done.was_unheard && !done.is_late && clock::now() < deadline;
        if (done.may_be_kept) keep(std::move(kept));
        if (!was_gone) co_return done;
    }
    exchanged done = co_await try_on_new_connection(bytes, deadline);
    co_return done;
}

task<exchanged> upstream::try_on_new_connection(std::string_view bytes, clock::time_point deadline) {
    std::vector<tcp::endpoint> addresses = co_await find_addresses(deadline);
    if (addresses.empty()) {
        book_.look_again();
        co_return failed(book_.problem().empty() ? "its name is not known yet" : book_.problem());
    }
    // The one that has answered last comes first.
    const auto best = std::find(addresses.begin(), addresses.end(), last_good_);
    if (best != addresses.end()) std::rotate(addresses.begin(), best, best + 1);
    const tls::meeting meeting{context_.get(), name_to_tell_};
    std::string problem;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const tcp::endpoint address = addresses[i];
        // One that leads nowhere must leave some time for the others.
        const auto now = clock::now();
        const auto share = (deadline - now) / static_cast<int>(addresses.size() - i);
        auto connection = std::make_unique<upstream_connection>(loop_);
        under_way_.push_back(*connection);
        problem = co_await connection->connect(address, meeting, now + share);
        if (problem.empty()) {
            exchanged done = co_await exchange(*connection, bytes, deadline);
            if (done.answer) last_good_ = address;
            if (done.may_be_kept) keep(std::move(connection));
            co_return done;
        }
        if (is_aborted_ || clock::now() >= deadline) break;
    }
    book_.look_again();
    co_return failed(std::move(problem));
}

// A name that has just been given is being looked up.
task<std::vector<tcp::endpoint>> upstream::find_addresses(clock::time_point deadline) {
    turn mine;
    for (;;) {
        std::vector<tcp::endpoint> found = book_.addresses();
        const bool is_hopeless = is_aborted_ || clock::now() >= deadline || !book_.problem().empty();
        if (!found.empty() || is_hopeless) co_return found;
        if (!mine.is_linked()) waiting_.push_back(mine);
        co_await mine.waiting.until_resumed();
    }
}

task<exchanged> upstream::exchange(upstream_connection& on, std::string_view bytes, clock::time_point deadline) {
    if (!on.is_linked()) under_way_.push_back(on);
    exchanged done = co_await on.exchange(bytes, deadline);
    on.unlink();
    co_return done;
}

std::unique_ptr<upstream_connection> upstream::take_kept() {
    while (!kept_.empty()) {
        auto kept = std::move(kept_.back().connection);
        kept_.pop_back();
        if (kept->is_open()) return kept;
    }
    return nullptr;
}

void upstream::keep(std::unique_ptr<upstream_connection> used) { kept_.push_back({std::move(used), clock::now()}); }

// What a server says of itself by a status is a failure too. What it says of one token or one client is none, 429
// included: whoever has such a token could keep all others from their answers.
void upstream::note(const exchanged& done) {
    const bool is_good = done.answer && done.answer->status < 500;
    const bool was_failing = breaker_.is_open();
    if (!is_good) failures_.add();
    if (is_good)
        breaker_.note_success();
    else if (done.was_put || was_failing)
        breaker_.note_failure(clock::now());
    is_failing_ = breaker_.is_open();
    if (is_failing_ == was_failing) return;
    const std::string why = done.answer ? "it answers " + std::to_string(done.answer->status) : done.problem;
    if (is_failing_)
        log_.write(domain::severity::error,
                   domain::short_line{name_, " does not answer (", why, "): ", how_.meanwhile});
    else
        log_.write(domain::severity::notice, domain::short_line{name_, " answers again"});
}

void upstream::check_deadlines(clock::time_point now) noexcept {
    for (upstream_connection& each : under_way_) each.check_deadline(is_aborted_ ? clock::time_point::max() : now);
    for (turn& each : waiting_) each.waiting.resume_later(loop_);
    // Longer, and something on the way may have forgotten it without a word.
    while (!kept_.empty() && now - kept_.front().since >= bounds::upstream_idle) kept_.pop_front();
}

void upstream::abort() noexcept {
    is_aborted_ = true;
    check_deadlines(clock::now());
}

}  // namespace pusherd::net
