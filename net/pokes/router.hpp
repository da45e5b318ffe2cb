#pragma once

#include "domain/pokes/poke_store.hpp"
#include "net/asio.hpp"
#include "net/pokes/gateway_location.hpp"
#include "net/pokes/schedule.hpp"
#include "net/server/event_loop.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pusherd::net {

/// Finds out for which pushers something waits, and puts them on the schedule: those that the store tells of, and, at
/// the start and whenever there were too many to keep in mind, all that there are, a few at a time.
class poke_router {
public:
    /// Of the loop's thread, but for tell().
    poke_router(domain::poke_reader& reader, poke_schedule& schedule) : reader_(reader), schedule_(schedule) {}

    poke_router(const poke_router&) = delete;
    poke_router& operator=(const poke_router&) = delete;

    /// Any thread.
    void tell(std::span<const domain::woken_queue> queues) noexcept;

    /// Something waits for a pusher that is on the schedule no more: the next search finds it.
    void leave_out(std::size_t how_many = 1) noexcept {
        if (!is_searching_ && left_out_ == 0) next_search_ = std::min(next_search_, earliest_search_);
        left_out_ += how_many;
    }

    /// Goes on with it for a moment. May throw what the store throws.
    /// @return whether there is more to do at once
    bool step(clock::time_point now);

    /// Where a pusher of that URL is; its name is what the schedule knows. Until the next call, or step().
    [[nodiscard]] const gateway_directory::entry& gateway_of(const std::string& url) { return gateways_.find(url); }

private:
    void take_told();
    void search(clock::time_point now);
    void route(const domain::woken_queue& queue);

    domain::poke_reader& reader_;
    poke_schedule& schedule_;
    gateway_directory gateways_;
    std::deque<domain::woken_queue> known_;  // to have something that waits

    bool is_searching_ = true;  // through all queues, from the beginning
    std::optional<domain::queue_id> searched_{};
    std::size_t left_out_ = 0;  // by this search, or since
    clock::time_point search_began_ = clock::now();
    clock::time_point next_search_{};
    clock::time_point earliest_search_{};

    std::mutex mutex_;  // guards what follows
    std::vector<domain::woken_queue> told_;
    bool were_too_many_ = false;
};

}  // namespace pusherd::net
