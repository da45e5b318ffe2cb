#include "net/pokes/router.hpp"

#include "net/pokes/bounds.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace pusherd::net {

void poke_router::tell(std::span<const domain::woken_queue> queues) noexcept {
    const std::lock_guard lock(mutex_);
    try {
        if (told_.size() + queues.size() <= poke_bounds::woken_in_mind)
            told_.insert(told_.end(), queues.begin(), queues.end());
        else
            were_too_many_ = true;
    } catch (const std::exception&) {  // no memory
        were_too_many_ = true;
    }
}

void poke_router::take_told() {
    std::vector<domain::woken_queue> told;
    bool were_too_many = false;
    {
        const std::lock_guard lock(mutex_);
        told.swap(told_);
        were_too_many = std::exchange(were_too_many_, false);
    }
    if (were_too_many) leave_out();
    for (const domain::woken_queue& each : told) {
        if (schedule_.add_more(each.queue, each.is_changed)) continue;
        if (known_.size() < poke_bounds::woken_in_mind)
            known_.push_back(each);
        else
            leave_out();
    }
}

bool poke_router::step(clock::time_point now) {
    take_told();
    if (const std::size_t more = schedule_.take_left_out(); more != 0) leave_out(more);
    search(now);
    for (std::size_t i = 0; i < poke_bounds::routed_a_turn && !known_.empty(); ++i) {
        const domain::woken_queue next = known_.front();
        known_.pop_front();
        route(next);
    }
    return !known_.empty() || (is_searching_ && schedule_.has_room_for_more());
}

// A search goes on where it was, as soon as there is room for more. It begins anew after a while, for what other
// processes have queued; sooner where some were left out, but the more they were the later, for each costs a look, and
// those of a gateway that takes nothing are left out every time.
void poke_router::search(clock::time_point now) {
    if (!is_searching_ && now >= next_search_) {
        is_searching_ = true;
        search_began_ = now;
        left_out_ = 0;
    }
    if (!is_searching_ || !known_.empty() || !schedule_.has_room_for_more()) return;
    std::vector<domain::queue_id> found;
    searched_ = reader_.find_waiting(searched_, poke_bounds::looked_at_a_turn, found);
    for (const domain::queue_id& each : found)
        if (!schedule_.knows(each)) known_.push_back({each});
    if (searched_) return;
    is_searching_ = false;
    const auto soon = std::max({clock::duration(poke_bounds::search_pause),
                                clock::duration(left_out_ * poke_bounds::pause_for_each), 5 * (now - search_began_)});
    earliest_search_ = now + std::min<clock::duration>(soon, poke_bounds::search_interval);
    next_search_ = left_out_ == 0 ? now + poke_bounds::search_interval : earliest_search_;
}

void poke_router::route(const domain::woken_queue& queue) {
    if (schedule_.add_more(queue.queue, queue.is_changed)) return;
    const auto waiting = reader_.oldest(queue.queue);
    if (waiting.empty()) return;
    if (!schedule_.add(queue.queue, gateway_of(waiting.front().to.url).name)) ++left_out_;
}

}  // namespace pusherd::net
