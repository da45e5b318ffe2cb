#include "bench/load/load_thread.hpp"

#include <algorithm>

namespace pusherd::bench {
namespace {

constexpr int too_many_requests = 429;
constexpr std::uint64_t one_in_so_many_is_parsed = 1024;
// The system wakes a sleeper late, by some 50 µs, which would count as the server's: the last part of a wait is spun
// away, and with busy polling so long after each answer. The loop sleeps for whole milliseconds.
constexpr std::chrono::microseconds to_spin{200};
constexpr std::chrono::milliseconds longest_sleep{10};  // for clients whose pause ends, and for the end of the run
constexpr std::chrono::milliseconds pause_after_failure{10};

// The share of one thread, when so many are dealt out.
std::size_t share_of(std::size_t all, std::size_t index, std::size_t threads) {
    return all / threads + (index < all % threads ? 1 : 0);
}

load_clock::duration interval_of(const run_options& options) {
    if (options.rate <= 0) return {};
    const std::chrono::duration<double> seconds(static_cast<double>(options.threads) / options.rate);
    return std::max(std::chrono::duration_cast<load_clock::duration>(seconds), load_clock::duration(1));
}

}  // namespace

load_thread::load_thread(const run_options& options, const net::tcp::endpoint& server, tls_context tls,
                         const std::vector<std::string>& tokens, const measured_span& span, std::size_t index)
    : mix_(options.mix),
      users_(tokens.size()),
      refusals_are_fine_(options.refusals_are_fine),
      busy_poll_(options.busy_poll),
      interval_(interval_of(options)),
      // Of two runs, too, no two sets are alike: the clock never stands still between them.
      writer_(options.where, tokens, options.keep_alive,
              static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) / 1000 *
                      options.threads +
                  index * 1'000'000'000),
      random_(index + 1),
      measured_(span),
      loop_([](const std::exception_ptr& failed) { std::rethrow_exception(failed); }),
      // The threads take turns.
      next_due_(load_clock::now() + interval_ * static_cast<long>(index) / static_cast<long>(options.threads)) {
    const std::size_t connections = share_of(options.connections, index, options.threads);
    client_owner& owner = *this;  // which others cannot see
    for (std::size_t i = 0; i < connections; ++i)
        clients_.push_back(std::make_unique<client>(loop_, server, tls, owner, options.in_flight, options.keep_alive));
}

void load_thread::start() {
    thread_ = std::jthread([this] { run(); });
}

void load_thread::join() {
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
}

void load_thread::run() noexcept {
    try {
        put_load();
    } catch (...) {
        failure_ = std::current_exception();
    }
}

void load_thread::put_load() {
    for (const auto& each : clients_) each->start();
    if (is_open_loop()) wait_for_connections();
    for (auto now = load_clock::now(); now < measured_.span().end; now = load_clock::now()) {
        restart_paused(now);
        if (is_open_loop()) take_up_due_requests(now);
        loop_.run_once(time_to_sleep(load_clock::now()));
    }
    count_unfinished();
}

// Nothing is due before: what waits while thousands connect would be overdue for long after. Within the warm-up.
void load_thread::wait_for_connections() {
    const auto began = load_clock::now();
    auto now = began;
    for (; free_.size() < clients_.size() && now < measured_.span().begin; now = load_clock::now()) {
        restart_paused(now);
        loop_.run_once(longest_sleep);
    }
    next_due_ += now - began;
}

std::chrono::milliseconds load_thread::time_to_sleep(load_clock::time_point now) noexcept {
    using std::chrono::milliseconds;
    const auto to_the_end = std::chrono::floor<milliseconds>(measured_.span().end - now);
    const auto longest = std::clamp(to_the_end, milliseconds(0), longest_sleep);
    if (busy_poll_ && answers_still_come(now)) return milliseconds(0);
    if (!is_open_loop()) return longest;
    return std::clamp(std::chrono::floor<milliseconds>(next_due_ - now - to_spin), milliseconds(0), longest);
}

// Who wakes a sleeper pays for it: a server that is slower than this tool would, with nearly every answer.
bool load_thread::answers_still_come(load_clock::time_point now) noexcept {
    if (answers_ != answers_seen_) {
        answers_seen_ = answers_;
        seen_at_ = now;
    }
    return now - seen_at_ < to_spin;
}

void load_thread::restart_paused(load_clock::time_point now) {
    while (!paused_.empty() && paused_.front().first <= now) {
        client& next = *paused_.front().second;
        paused_.pop_front();
        next.start();
    }
}

void load_thread::fall_due(load_clock::time_point now) {
    for (; next_due_ <= now; next_due_ += interval_) overdue_.push_back(next_request(next_due_));
}

// Sends what is due. What finds no room waits; its latency counts from when it was due all the same.
void load_thread::take_up_due_requests(load_clock::time_point now) {
    fall_due(now);
    while (!overdue_.empty() && !free_.empty()) {
        client& free = *free_.front();
        free_.pop_front();
        free.waits_for_request = false;
        while (free.has_room() && !overdue_.empty()) {
            free.add(overdue_.front());
            overdue_.pop_front();
        }
        free.flush();
        if (free.has_room()) on_room(free);  // it takes what falls due next
    }
}

void load_thread::count_unfinished() {
    if (is_open_loop()) fall_due(measured_.span().end);
    for (const auto& each : clients_)
        for (const request& what : each->in_flight()) measured_.add_unfinished(what.kind, what.started);
    for (const request& what : overdue_)
        if (what.started >= measured_.span().begin) measured_.add_unfinished(what.kind, what.started);
}

request load_thread::next_request(load_clock::time_point started) {
    const std::size_t user = std::uniform_int_distribution<std::size_t>(0, users_ - 1)(random_);
    return {mix_.pick(random_), user, started};
}

void load_thread::on_room(client& free) {
    if (!is_open_loop()) return free.add(next_request(load_clock::now()));
    if (!overdue_.empty()) {
        free.add(overdue_.front());
        overdue_.pop_front();
    } else if (!free.waits_for_request) {
        free.waits_for_request = true;
        free_.push_back(&free);
    }
}

void load_thread::on_answer(const request& what, int status, std::string_view body) {
    if (status == too_many_requests && refusals_are_fine_)
        return measured_.add_refused(what.started, load_clock::now());
    const bool closely = ++answers_ % one_in_so_many_is_parsed == 0;
    const verdict how = closely ? check_answer_closely(what.kind, status, body) : check_answer(what.kind, status, body);
    if (how == verdict::right) {
        measured_.add_right(what.kind, what.started, load_clock::now());
        answered_so_far_.store(answered_so_far_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    } else {
        measured_.add_wrong(what.kind, how, status);
        ++wrong_so_far_;
    }
}

void load_thread::on_lost(const request& what) {
    measured_.add_lost(what.kind);
    ++wrong_so_far_;
}

void load_thread::on_pause(client& paused) { paused_.emplace_back(load_clock::now() + pause_after_failure, &paused); }

void load_thread::on_failure(const std::string& why) {
    measured_.add_failed_connection(why);
    ++wrong_so_far_;
}

}  // namespace pusherd::bench
