#include "app/repeat_filter.hpp"

#include <functional>
#include <utility>

namespace pusherd::app {

repeat_filter::verdict repeat_filter::count(std::string_view message, clock::time_point now) noexcept {
    const std::size_t hash = std::hash<std::string_view>{}(message);
    text_seen& seen = seen_[hash % seen_.size()];
    if (seen.lines == 0 || seen.hash != hash) seen = {.hash = hash, .period_began = now};
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

}  // namespace pusherd::app
