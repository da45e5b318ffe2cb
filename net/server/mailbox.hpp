#pragma once

#include <mutex>
#include <utility>

namespace pusherd::net {

/// Things on their way from other threads to one. The way needs no memory: each thing has a `next` for it.
template <class Thing>
class mailbox {
public:
    /// Any thread.
    void put(Thing& thing) noexcept {
        const std::lock_guard lock(mutex_);
        thing.next = std::exchange(latest_, &thing);
    }

    /// All that is there, oldest first: each names its `next`.
    [[nodiscard]] Thing* take_all() noexcept {
        Thing* latest = nullptr;
        {
            const std::lock_guard lock(mutex_);
            latest = std::exchange(latest_, nullptr);
        }
        Thing* oldest = nullptr;
        while (latest != nullptr) {
            Thing* const rest = std::exchange(latest->next, oldest);
            oldest = std::exchange(latest, rest);
        }
        return oldest;
    }

private:
    std::mutex mutex_;
    Thing* latest_ = nullptr;
};

}  // namespace pusherd::net
