#include "app/commands/shown_time.hpp"

#include <ctime>

namespace pusherd::app {

std::string to_string_utc(domain::timestamp when) {
    const auto seconds = static_cast<std::time_t>(when / 1000);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}  // namespace pusherd::app
