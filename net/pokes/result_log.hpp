#pragma once

#include "domain/identity.hpp"
#include "domain/pokes/poke_store.hpp"
#include "net/asio.hpp"
#include "net/pokes/bounds.hpp"
#include "net/server/event_loop.hpp"

#include <functional>
#include <vector>

namespace pusherd::net {

/// Has what came of pokes written down: what comes while one batch is on its way to the disk is the next one. What
/// cannot be stored is tried again, for as long as it takes: until then nothing more is sent to those pushers. The
/// loop's thread.
class poke_result_log {
public:
    using listener = std::function<void(const domain::poke_result&)>;

    /// @param on_stored is called for each that is on disk
    poke_result_log(event_loop& loop, domain::poke_store& store, listener on_stored);

    poke_result_log(const poke_result_log&) = delete;
    poke_result_log& operator=(const poke_result_log&) = delete;

    void add(domain::poke_result result);

    /// Begins to write, if there is something to write and nothing under way.
    void flush(clock::time_point now);

    /// Whether more may be sent: what is not on disk yet is bounded, and more narrowly what a crash of this process
    /// would repeat.
    [[nodiscard]] bool has_room() const noexcept {
        return unnoted_ < poke_bounds::unnoted && waiting_.size() + written_.size() < poke_bounds::unwritten;
    }

    /// Whether nothing is under way. The log must not end before.
    [[nodiscard]] bool is_at_rest() const noexcept { return !is_under_way_; }
    [[nodiscard]] bool is_empty() const noexcept { return waiting_.empty() && is_at_rest(); }

private:
    class batch final : public domain::poke_results_request {
    public:
        batch(const domain::identity& pusherd, std::vector<domain::poke_result>& results, event_loop& loop,
              standing_call& done)
            : poke_results_request(pusherd, results, 0), loop_(loop), done_(done) {}
        void on_done() noexcept override { loop_.post(done_); }

    private:
        event_loop& loop_;
        standing_call& done_;
    };

    static constexpr std::size_t any_number = 1 << 20;

    void take_answer();
    void take_some();
    void put_back();
    void take_stored(const domain::poke_result& stored);

    domain::poke_store& store_;
    listener on_stored_;
    domain::identity pusherd_{};
    std::vector<domain::poke_result> waiting_;
    std::vector<domain::poke_result> written_;
    std::size_t unnoted_ = 0;  // of them: what gateways have taken, and has no note
    std::size_t most_at_once_ = any_number;
    bool is_under_way_ = false;
    clock::time_point not_before_{};
    standing_call done_{[this] { take_answer(); }};
    batch batch_;
};

}  // namespace pusherd::net
