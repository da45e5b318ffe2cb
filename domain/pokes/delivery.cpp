#include "domain/pokes/delivery.hpp"

#include "domain/pokes/poke.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace pusherd::domain {
namespace {

std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc::result_out_of_range) return longest_pause;
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() || number < 0)
        return std::nullopt;
    return std::min(std::chrono::seconds(number), std::chrono::seconds(longest_pause));
}

// IMF-fixdate, which is the only form that may be sent (RFC 9110, 5.6.7).
std::optional<std::chrono::seconds> seconds_until(std::string_view date, timestamp now) {
    std::tm broken_down{};
    const std::string terminated(date);
    const char* const end = ::strptime(terminated.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &broken_down);
    if (end == nullptr || *end != '\0') return std::nullopt;
    const std::chrono::seconds wait{::timegm(&broken_down) - now / 1000};
    return std::clamp(wait, std::chrono::seconds(0), std::chrono::seconds(longest_pause));
}

}  // namespace

delivery_outcome outcome_of(unsigned status, std::string_view retry_after, std::string_view body, timestamp now) {
    if (status / 100 == 2) {
        auto rejected = rejected_in(body);
        const bool is_sound = rejected.has_value();
        return delivered{is_sound ? std::move(*rejected) : std::vector<std::string>{}, is_sound};
    }
    if (status == 400 || status == 413 || status == 422) return not_understood{};
    const auto wished = seconds_of(retry_after);
    return to_be_retried{wished ? wished : seconds_until(retry_after, now)};
}

std::chrono::milliseconds pause_after(unsigned failures, std::optional<std::chrono::seconds> wished,
                                      double chance) noexcept {
    std::chrono::milliseconds longest = shortest_pause;
    for (unsigned i = 1; i < failures && longest < longest_pause; ++i) longest *= 2;
    longest = std::min<std::chrono::milliseconds>(longest, longest_pause);
    const std::chrono::milliseconds drawn{static_cast<std::int64_t>(static_cast<double>(longest.count()) * chance)};
    return std::max<std::chrono::milliseconds>(
        drawn, std::min(wished.value_or(std::chrono::seconds(0)), std::chrono::seconds(longest_pause)));
}

}  // namespace pusherd::domain
