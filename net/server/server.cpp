#include "net/server/server.hpp"

#include "domain/fixed_text.hpp"
#include "net/api/refusal.hpp"
#include "net/bounds.hpp"
#include "net/http/response.hpp"
#include "net/server/suspension.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace pusherd::net {

server::server(const server_settings& settings, domain::store& store, domain::logger& log, metrics_page* metrics,
               authenticator* validators, mas_calls* mas, poke_service* pokes)
    : settings_(settings),
      log_(log),
      validators_(validators),
      mas_(mas),
      pokes_(pokes),
      set_rate_(settings.api.set_rate, settings.api.set_burst) {
    const worker::parts shared{.store = store,
                               .set_rate = set_rate_,
                               .log = log,
                               .connections = connections_,
                               .metrics = metrics,
                               .validators = validators,
                               .mas = mas,
                               .pokes = pokes};
    for (std::size_t i = 0; i < std::max<std::size_t>(settings_.threads, 1); ++i)
        workers_.push_back(std::make_unique<worker>(settings_, shared));
}

server::~server() {
    begin_stop();
    abort();
    join();
}

void server::start(listening_sockets sockets, const tls::credentials* credentials) {
    event_loop& loop = workers_.front()->loop();
    for (listening_socket& each : sockets.open()) {
        if (each.is_tls && credentials == nullptr) throw cannot_listen("TLS needs a certificate");
        const connection_terms terms{.credentials = each.is_tls ? credentials : nullptr, .offered = each.offers};
        acceptors_.push_back(std::make_unique<acceptor>(loop, std::move(each), terms));
    }
    for (const auto& each : acceptors_) {
        workers_.front()->begin_guest();
        asio::co_spawn(loop.get_executor(), listen(*each), [this](const std::exception_ptr& failure) {
            workers_.front()->end_guest();
            if (failure) std::rethrow_exception(failure);  // to the loop, which logs it
        });
    }
    workers_.front()->set_on_sweep([this] {
        for (const auto& each : acceptors_) each->resume();
    });
    is_listening_ = true;
    for (const auto& each : workers_) each->start();
}

// Those connections that are there already come first, but a crowd of them must not keep others out: a long turn of the
// loop takes in several. Whatever fails for one, the next is listened for: nothing in here may end the loop but the
// close.
task<> server::listen(acceptor& from) {
    std::size_t to_accept = 0;
    while (from.is_open()) {
        if (to_accept == 0) {
            co_await from.connection_or_close();
            to_accept = 1 + workers_.front()->loop().ready_this_turn() / bounds::turn_an_accept;
        }
        if (!from.is_open()) co_return;
        auto [socket, failed] = from.accept();
        --to_accept;
        if (failed) {
            pause_after(failed, from);
            to_accept = 0;
            continue;
        }
        accepted_.add();
        ++connections_;
        if (has_room_for(from.terms())) {
            hand_over(socket, from.terms(), &next_worker());
        } else {
            from.pause();  // that it is readable need not be told again meanwhile
            bool has_room = false;
            try {
                has_room = co_await make_room();
            } catch (const std::bad_alloc& failure) {
                workers_.front()->log_failure("no room could be made: ", failure);
            }
            (has_room ? evicted_ : turned_away_).add();
            hand_over(socket, from.terms(), has_room ? &next_worker() : nullptr);
            from.resume();
        }
    }
}

// What is wrong now, such as no descriptor left, would be wrong again at once, and burn a core; the sweep resumes.
void server::pause_after(const boost::system::error_code& failed, acceptor& from) noexcept {
    const bool is_over = failed == asio::error::would_block || failed == asio::error::connection_aborted ||
                         failed == asio::error::interrupted;
    if (is_over) return;
    failed_accepts_.add();
    char reason[128];
    log_.write(domain::severity::warning,
               domain::short_line{"a connection could not be accepted: ", failed.message(reason, sizeof reason)});
    from.pause();
}

// When all are taken, somebody must still be able to look what is the matter.
bool server::has_room_for(const connection_terms& terms) const noexcept {
    const std::size_t more = terms.offered == surface::metrics ? bounds::metrics_connections : 0;
    return connections_ <= workers_.front()->settings().max_connections + more;
}

worker& server::next_worker() noexcept { return *workers_[next_worker_++ % workers_.size()]; }

// To a worker, or to nobody. One connection's failure, such as no memory, must not end the listener. Who is to be
// spoken to in TLS cannot be told why.
void server::hand_over(connection_socket& socket, const connection_terms& terms, worker* home) noexcept {
    const bool is_in_the_clear = terms.credentials == nullptr;
    try {
        if (home != nullptr) return home->adopt(std::move(socket), terms);
        if (is_in_the_clear) socket.say_and_close(workers_.front()->last_words_of(refusals::too_many_connections()));
    } catch (const std::bad_alloc& failure) {
        if (is_in_the_clear) workers_.front()->turn_away(socket);
        if (home != nullptr) turned_away_.add();
        workers_.front()->log_failure("a connection was lost: ", failure);
    }
    --connections_;
}

/// A question to a worker, put and answered on the way from loop to loop without memory: may the connection that has
/// waited longest go?
class server::eviction {
public:
    eviction(event_loop& asking, worker& asked, clock::time_point since)
        : asking_(asking), asked_(asked), since_(since) {
        asked_.loop().post(question_);
    }

    /// To be awaited, on the loop that asks.
    [[nodiscard]] auto answered() { return waiting_.until_resumed(); }
    [[nodiscard]] bool has_evicted() const noexcept { return has_evicted_; }

private:
    void answer() noexcept {
        has_evicted_ = asked_.evict_waiting_since(since_);
        asking_.post(answer_);  // ends this, perhaps
    }

    event_loop& asking_;
    worker& asked_;
    clock::time_point since_;
    bool has_evicted_ = false;
    suspension waiting_;
    standing_call answer_{[this] { waiting_.resume(); }};
    standing_call question_{[this] { answer(); }};
};

// Full: the connection that has waited longest for a request makes room for the new one. By the time that its worker
// looks, a request may have come in on it; then the next is asked. False: no connection waits.
task<bool> server::make_room() {
    event_loop& here = workers_.front()->loop();
    suspension turn;
    for (;;) {
        worker& longest = **std::min_element(workers_.begin(), workers_.end(), [](const auto& a, const auto& b) {
            return a->longest_waiting_since() < b->longest_waiting_since();
        });
        const clock::time_point since = longest.longest_waiting_since();
        if (since != clock::time_point::max()) {
            eviction asked(here, longest, since);
            co_await asked.answered();
            if (asked.has_evicted()) co_return true;
        } else if (std::any_of(workers_.begin(), workers_.end(),
                               [](const auto& each) { return each->has_connections_on_their_way(); })) {
            co_await turn.until_next_turn(here);  // they will wait in a moment
        } else {
            co_return false;
        }
    }
}

void server::change_settings(const server_settings& changed) {
    server_settings own = changed;
    std::vector<std::unique_ptr<server_settings>> copies;
    for (std::size_t i = 0; i < workers_.size(); ++i) copies.push_back(std::make_unique<server_settings>(changed));

    const bool has_other_rate =
        changed.api.set_rate != settings_.api.set_rate || changed.api.set_burst != settings_.api.set_burst;
    if (has_other_rate) set_rate_.change(changed.api.set_rate, changed.api.set_burst);
    for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i]->change_settings(std::move(copies[i]));
    settings_ = std::move(own);
}

void server::ask_whether_alive() noexcept {
    for (const auto& each : workers_) each->ask_whether_alive();
    if (validators_ != nullptr) validators_->ask_whether_alive();
    if (mas_ != nullptr) mas_->ask_whether_alive();
    if (pokes_ != nullptr) pokes_->ask_whether_alive();
}

bool server::is_alive() const noexcept {
    return std::all_of(workers_.begin(), workers_.end(), [](const auto& each) { return each->is_alive(); }) &&
           (validators_ == nullptr || validators_->is_alive()) && (mas_ == nullptr || mas_->is_alive()) &&
           (pokes_ == nullptr || pokes_->is_alive());
}

server_statistics server::statistics() const {
    server_statistics seen{.threads = {},
                           .connections = connections_,
                           .accepted = accepted_.value(),
                           .evicted = evicted_.value(),
                           .turned_away = turned_away_.value(),
                           .failed_accepts = failed_accepts_.value()};
    for (const auto& each : workers_) seen.threads.emplace_back(each->counters());
    return seen;
}

void server::begin_stop() {
    workers_.front()->loop().post(close_call_);
    for (const auto& each : workers_) each->stop_sessions();
}

void server::end_idle_connections() {
    for (const auto& each : workers_) each->end_idle_sessions();
}

void server::close_listeners() noexcept {
    for (const auto& each : acceptors_) each->close();
    is_listening_ = false;
}

void server::abort() {
    for (const auto& each : workers_) each->abort_sessions();
    if (validators_ != nullptr) validators_->abort();  // who waits for a validator is answered now
    if (mas_ != nullptr) mas_->abort();
    if (pokes_ != nullptr) pokes_->abort();  // who waits for a test
}

void server::join() {
    for (const auto& each : workers_) each->join();
}

}  // namespace pusherd::net
