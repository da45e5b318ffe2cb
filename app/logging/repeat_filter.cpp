#include "app/logging/repeat_filter.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace pusherd::app {

repeat_filter::verdict repeat_filter::count(std::string_view message, clock::time_point now) noexcept {
    text_seen& seen = find(std::hash<std::string_view>{}(message), now);
    if (now - seen.period_began >= period) {
        seen.period_began = now;
        seen.lines = 0;
    }
    if (seen.lines == lines_a_period) {
        ++seen.held_back;
        return {false, 0};
    }
    ++seen.lines;
    return {true, std::exchange(seen.held_back, 0)};
}

// One that is not known takes the place of the one whose period began first.
repeat_filter::text_seen& repeat_filter::find(std::size_t hash, clock::time_point now) noexcept {
    const auto known = std::find_if(seen_.begin(), seen_.end(),
                                    [&](const text_seen& each) { return each.lines != 0 && each.hash == hash; });
    if (known != seen_.end()) return *known;
    const auto oldest = std::min_element(seen_.begin(), seen_.end(), [](const text_seen& a, const text_seen& b) {
        return a.period_began < b.period_began;
    });
    *oldest = {.hash = hash, .period_began = now};
    return *oldest;
}

}  // namespace pusherd::app
