#pragma once

#include "domain/logger.hpp"
#include "domain/pokes/delivery.hpp"
#include "domain/pokes/poke_store.hpp"
#include "net/api/poke_service.hpp"
#include "net/api/rate_limiter.hpp"
#include "net/pokes/bounds.hpp"
#include "net/pokes/gateway.hpp"
#include "net/pokes/name_lookup.hpp"
#include "net/pokes/noted_deliveries.hpp"
#include "net/pokes/poke_statistics.hpp"
#include "net/pokes/result_log.hpp"
#include "net/pokes/router.hpp"
#include "net/pokes/schedule.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/mailbox.hpp"
#include "net/server/task.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace pusherd::net {

/// Sends what waits in the store to push gateways, and has written down what came of it. One thread.
///
///     store ─► router ─► schedule ─► begin(): read, render ─► gateway ─► settle() ─► result_log ─► store
///
/// What is in memory is who waits, and what is under way: a poke is read when it is about to be sent.
class poke_delivery final : public poke_service, private domain::poke_listener {
public:
    struct options {
        domain::gateway_policy policy{};
        bool allow_insecure = false;          ///< http gateways as well
        std::filesystem::path authorities{};  ///< PEM; empty: the system's
        name_lookup::function look_up = net::look_up;
        poke_schedule::limits limits{};
        bool delivers = true;  ///< false: it sends tests alone
    };

    /// Begins with its thread. Throws tls::unusable: nothing of use in the file of authorities.
    poke_delivery(options how, domain::poke_store& store, domain::logger& log);

    /// Ends what is under way, unless it has stopped; what was sent and is neither written down nor noted is sent
    /// again.
    ~poke_delivery();

    poke_delivery(const poke_delivery&) = delete;
    poke_delivery& operator=(const poke_delivery&) = delete;

    // Any thread.

    void test(pending_poke_test& what) noexcept override;
    [[nodiscard]] std::optional<std::chrono::milliseconds> take_test(std::string_view user_id) override {
        return test_rate_.take(user_id, clock::now());
    }

    /// From now on, gateways may be where these say.
    void change_policy(const domain::gateway_policy& policy, bool allow_insecure);

    /// Nothing is begun any more.
    void begin_stop() noexcept { loop_.post(stop_call_); }
    /// After begin_stop(): whether all that was under way has ended, and is written down.
    [[nodiscard]] bool has_stopped() const noexcept { return has_stopped_; }

    [[nodiscard]] poke_statistics::gateways statistics() const { return statistics_.look(); }
    [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }

    void abort() noexcept override { loop_.post(abort_call_); }
    void ask_whether_alive() noexcept override;
    [[nodiscard]] bool is_alive() const noexcept override { return is_alive_; }

private:
    struct request;
    class count_under_way;

    void on_waiting(std::span<const domain::woken_queue> queues) noexcept override;

    void work() noexcept;
    [[nodiscard]] bool may_deliver(clock::time_point now);
    void go_on(clock::time_point now);
    void send_more(clock::time_point now) noexcept;
    void look_for_more(clock::time_point now);
    void tick(clock::time_point now) noexcept;
    void begin(const domain::queue_id& queue);
    [[nodiscard]] bool is_settled_unsent(const domain::waiting_poke& first);
    [[nodiscard]] bool was_delivered(const domain::waiting_poke& first);
    [[nodiscard]] bool is_elsewhere(const domain::waiting_poke& first);
    void choose_companions(std::vector<domain::waiting_poke>& group);
    [[nodiscard]] task<> send(std::unique_ptr<request> what);
    void settle(const request& sent, gateway_answer came);
    void settle_delivered(const request& sent, const domain::delivered& how);
    void settle_not_understood(const request& sent, const domain::delivery_failure& why);
    void settle_failed(const request& sent, const domain::delivery_failure& why, const domain::to_be_retried& when);
    void pause(const domain::waiting_poke& poke, const domain::delivery_failure& why,
               const domain::to_be_retried& when);
    void tell_of_gateway(const std::string& gateway, const domain::delivery_failure* why) noexcept;
    void take_result(const domain::poke_result& stored);

    void take_tests() noexcept;
    [[nodiscard]] task<> carry_test(pending_poke_test& what);
    [[nodiscard]] task<poke_test_outcome> send_test(domain::poke_target to);

    [[nodiscard]] std::shared_ptr<gateway> gateway_at(const gateway_location& where);
    [[nodiscard]] bool may_end() const noexcept { return under_way_ == 0 && results_.is_at_rest(); }
    void report(std::string_view what, const std::exception_ptr& failure) noexcept;

    domain::poke_store& store_;
    domain::logger& log_;
    event_loop loop_;
    gateway_terms terms_;
    std::unique_ptr<domain::poke_reader> reader_;
    poke_schedule schedule_;
    poke_router router_;
    noted_deliveries noted_;
    poke_result_log results_;
    name_lookup names_;
    std::unordered_map<std::string, std::shared_ptr<gateway>> gateways_;
    poke_statistics statistics_;
    std::minstd_rand chance_{std::random_device{}()};
    std::atomic<std::size_t> under_way_ = 0;  // requests, tests among them
    std::size_t tests_ = 0;
    const bool delivers_;
    bool is_delivering_ = false;  // no other process does
    bool is_sending_more_ = false;
    clock::time_point next_attempt_{};
    bool is_stopping_ = false;
    bool is_aborted_ = false;
    bool is_ending_ = false;
    rate_limiter test_rate_{poke_bounds::tests_a_second, poke_bounds::tests_at_once};
    clock::time_point last_report_{};
    clock::time_point last_told_{};  // of gateways
    std::atomic<bool> has_stopped_ = false;
    std::atomic<bool> is_alive_ = true;
    mailbox<awaited> waiting_tests_;
    standing_call work_call_{[] {}};  // a turn, before whose end there is work()
    standing_call tests_call_{[this] { take_tests(); }};
    standing_call stop_call_{[this] { is_stopping_ = true; }};
    standing_call abort_call_{[this] { is_stopping_ = is_aborted_ = true; }};
    standing_call end_call_{[this] { is_stopping_ = is_aborted_ = is_ending_ = true; }};
    standing_call alive_call_{[this] { is_alive_ = true; }};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace pusherd::net
