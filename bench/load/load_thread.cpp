#include "bench/load/load_thread.hpp"

#include <algorithm>

namespace pusherd::bench {
namespace {

constexpr std::uint64_t one_in_so_many_is_parsed = 1024;
// The system wakes a sleeper late, by some 50 µs, which would count as the server's: shorter waits are spun away.
constexpr std::chrono::microseconds worth_sleeping{200};

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

load_thread::load_thread(const run_options& options, const net::tcp::endpoint& server,
                         const std::vector<std::string>& tokens, const measured_span& span, std::size_t index)
    : mix_(options.mix),
      users_(tokens.size()),
      interval_(interval_of(options)),
      // Of two runs, too, no two sets are alike: the clock never stands still between them.
      writer_(options.where, tokens, options.keep_alive,
              static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) / 1000 *
                      options.threads +
                  index * 1'000'000'000),
      random_(index + 1),
      measured_(span),
      // The threads take turns.
      next_due_(load_clock::now() + interval_ * static_cast<long>(index) / static_cast<long>(options.threads)) {
    const std::size_t connections = share_of(options.connections, index, options.threads);
    client_owner& owner = *this;  // which others cannot see
    for (std::size_t i = 0; i < connections; ++i)
        clients_.push_back(std::make_unique<client>(context_, server, owner, options.in_flight, options.keep_alive));
}

void load_thread::start() {
    thread_ = std::thread([this] { run(); });
}

void load_thread::run() {
    for (const auto& each : clients_) each->start();
    if (is_open_loop())
        run_open_loop();
    else
        context_.run_until(measured_.span().end);
    count_unfinished();
}

void load_thread::run_open_loop() {
    for (auto now = load_clock::now(); now < measured_.span().end; now = load_clock::now()) {
        take_up_due_requests(now);
        const auto until_next = next_due_ - now;
        if (until_next > worth_sleeping)
            context_.run_one_for(until_next - worth_sleeping);
        else
            context_.poll();
    }
}

// Sends what is due. What finds no room waits; its latency counts from when it was due all the same.
void load_thread::take_up_due_requests(load_clock::time_point now) {
    for (; next_due_ <= now; next_due_ += interval_) overdue_.push_back(next_request(next_due_));
    while (!overdue_.empty() && !free_.empty()) {
        client& free = *free_.front();
        free_.pop_front();
        free.waits_for_request = false;
        if (!free.has_room()) continue;
        free.add(overdue_.front());
        overdue_.pop_front();
        free.flush();
        if (free.has_room()) on_room(free);
    }
}

void load_thread::count_unfinished() {
    for (const auto& each : clients_)
        for (const request& what : each->in_flight()) measured_.add_unfinished(what.kind, what.started);
    for (const request& what : overdue_) measured_.add_unfinished(what.kind, what.started);
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

void load_thread::on_failure(const std::string& why) {
    measured_.add_failed_connection(why);
    ++wrong_so_far_;
}

}  // namespace pusherd::bench
