#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace pusherd::net {

/// A map of bounded size: when it is full, what was put longest ago goes. Any thread.
template <class Key, class Value, class Hash>
class recent_map {
public:
    explicit recent_map(std::size_t most) : most_(most) {}

    /// In place of what was there, and as the latest.
    void put(const Key& key, Value value) {
        const std::lock_guard lock(mutex_);
        erase_here(key);
        if (places_.size() >= most_) erase_here(Key(entries_.front().first));
        entries_.emplace_back(key, std::move(value));
        try {
            places_.emplace(key, std::prev(entries_.end()));
        } catch (...) {  // no memory: what cannot be found must not stay
            entries_.pop_back();
            throw;
        }
    }

    void erase(const Key& key) {
        const std::lock_guard lock(mutex_);
        erase_here(key);
    }

    [[nodiscard]] std::optional<Value> find(const Key& key) const {
        const std::lock_guard lock(mutex_);
        const auto found = places_.find(key);
        if (found == places_.end()) return std::nullopt;
        return found->second->second;
    }

    [[nodiscard]] std::size_t size() const noexcept {
        const std::lock_guard lock(mutex_);
        return places_.size();
    }

    /// Erases the oldest as long as they are useless, but not more than so many.
    template <class Predicate>
    void erase_oldest_if(std::size_t most, Predicate&& is_useless) {
        const std::lock_guard lock(mutex_);
        while (most-- > 0 && !entries_.empty() && is_useless(entries_.front().second))
            erase_here(Key(entries_.front().first));
    }

private:
    using entry_list = std::list<std::pair<Key, Value>>;

    void erase_here(const Key& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return;
        entries_.erase(found->second);
        places_.erase(found);
    }

    std::size_t most_;
    mutable std::mutex mutex_;
    entry_list entries_;  // the oldest first
    std::unordered_map<Key, typename entry_list::iterator, Hash> places_;
};

}  // namespace pusherd::net
