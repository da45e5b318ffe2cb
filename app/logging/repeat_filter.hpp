#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pusherd::app {

/// Holds back lines of the log that say the same again and again: without a free reader slot, say, every request fails,
/// and a line for each would fill the disk of the log. (Of sets that fail, the committer tells once a second.) A
/// comparison with the last line alone would be defeated by two kinds of failure at a time. Needs no memory of
/// its own. One thread at a time.
class repeat_filter {
public:
    using clock = std::chrono::steady_clock;

    static constexpr unsigned lines_a_period = 10;  ///< of the same text
    static constexpr std::chrono::seconds period{10};

    struct verdict {
        bool is_to_be_written;
        std::uint64_t held_back;  ///< how many lines of the same text were, before this one
    };

    /// Counts a line. Its text is known by its hash, while it is among the latest ones.
    [[nodiscard]] verdict count(std::string_view message, clock::time_point now) noexcept;

private:
    struct text_seen {
        std::size_t hash = 0;
        clock::time_point period_began{};
        unsigned lines = 0;
        std::uint64_t held_back = 0;
    };

    [[nodiscard]] text_seen& find(std::size_t hash, clock::time_point now) noexcept;

    std::array<text_seen, 32> seen_{};
};

}  // namespace pusherd::app
