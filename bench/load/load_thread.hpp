#pragma once

#include "bench/load/client.hpp"
#include "bench/load/measurements.hpp"
#include "bench/load/request_writer.hpp"
#include "bench/load/run_options.hpp"
#include "bench/load/tls_context.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pusherd::bench {

/// A share of the load: its connections, its requests and what was measured, on a thread of its own.
class load_thread final : private client_owner {
public:
    /// @param tls none: in the clear
    /// @param index of the thread, of `options.threads`
    load_thread(const run_options& options, const net::tcp::endpoint& server, tls_context tls,
                const std::vector<std::string>& tokens, const measured_span& span, std::size_t index);

    void start();
    /// Throws what has ended the thread too early.
    void join();

    /// For the live line; any thread.
    [[nodiscard]] std::uint64_t answered_so_far() const noexcept {
        return answered_so_far_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t wrong_so_far() const noexcept { return wrong_so_far_.load(std::memory_order_relaxed); }

    /// After join().
    [[nodiscard]] const measurements& measured() const noexcept { return measured_; }

private:
    void run() noexcept;
    void put_load();
    void wait_for_connections();
    [[nodiscard]] std::chrono::milliseconds time_to_sleep(load_clock::time_point now) noexcept;
    [[nodiscard]] bool answers_still_come(load_clock::time_point now) noexcept;
    void fall_due(load_clock::time_point now);
    void take_up_due_requests(load_clock::time_point now);
    void restart_paused(load_clock::time_point now);
    void count_unfinished();
    [[nodiscard]] request next_request(load_clock::time_point started);

    void write(const request& what, std::string& out) override { writer_.append(out, what.kind, what.user); }
    void on_answer(const request& what, int status, std::string_view body) override;
    void on_lost(const request& what) override;
    void on_failure(const std::string& why) override;
    void on_room(client& free) override;
    void on_pause(client& paused) override;

    [[nodiscard]] bool is_open_loop() const noexcept { return interval_.count() != 0; }

    const request_mix mix_;
    const std::size_t users_;
    const bool refusals_are_fine_;
    const bool busy_poll_;
    const load_clock::duration interval_;  ///< between two requests of an open loop; 0: closed
    request_writer writer_;
    std::mt19937_64 random_;
    measurements measured_;
    net::event_loop loop_;  // before the clients, whose sockets it watches
    std::vector<std::unique_ptr<client>> clients_;
    std::deque<std::pair<load_clock::time_point, client*>> paused_;  ///< whose connection failed, and until when
    std::deque<client*> free_;                                       ///< open loop: who has room, longest first
    std::deque<request> overdue_;                                    ///< open loop: due, and nobody had room
    load_clock::time_point next_due_;
    std::uint64_t answers_ = 0;
    std::uint64_t answers_seen_ = 0;  ///< busy polling: of which it is known when they were there
    load_clock::time_point seen_at_;
    std::atomic<std::uint64_t> answered_so_far_{0};
    std::atomic<std::uint64_t> wrong_so_far_{0};
    std::exception_ptr failure_;
    std::jthread thread_;
};

}  // namespace pusherd::bench
