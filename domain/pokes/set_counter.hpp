#pragma once

#include "domain/pusher.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace pusherd::domain {

/// Counts how often pushers were set, so that one that was set again is not removed for what a gateway had said of it
/// before. In memory alone, and of a fixed size: two pushers that share a number keep one another for a while, and the
/// gateway rejects the next poke as well. Any thread.
class set_counter {
public:
    /// A set of this pusher is about to be carried out.
    /// @return whether it may be answered as one that changes nothing: a removal that is under way may not have seen it
    bool note(const pusher_key& key) noexcept {
        number_of(key).fetch_add(1);
        return !is_removing_;
    }

    [[nodiscard]] std::uint32_t of(const pusher_key& key) const noexcept {
        return const_cast<set_counter*>(this)->number_of(key);
    }

    /// As long as one is there, pushers are being removed: it looks at of() and, much later, what it has done by that
    /// is there for all to see. Either it sees a set, or that set sees it (all of this is sequentially consistent).
    class removal {
    public:
        explicit removal(set_counter& of) noexcept : of_(of) { of_.is_removing_ = true; }
        ~removal() { of_.is_removing_ = false; }
        removal(const removal&) = delete;
        removal& operator=(const removal&) = delete;

    private:
        set_counter& of_;
    };

private:
    std::atomic<std::uint32_t>& number_of(const pusher_key& key) noexcept {
        const std::hash<std::string_view> hash;
        return numbers_[(hash(key.pushkey) ^ hash(key.app_id) * 31) % numbers_.size()];
    }

    std::array<std::atomic<std::uint32_t>, 4096> numbers_{};
    std::atomic<bool> is_removing_ = false;
};

}  // namespace pusherd::domain
