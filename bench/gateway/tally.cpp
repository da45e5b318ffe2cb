#include "bench/gateway/tally.hpp"

#include "domain/text.hpp"

#include <fmt/format.h>

#include <functional>

namespace pusherd::bench {
namespace {

std::uint64_t hash_of(std::string_view text) noexcept { return std::hash<std::string_view>()(text); }

// Any of the three makes another one, and so does what is moved from one to the next.
std::uint64_t hash_of(std::uint64_t event, const received_device& device) noexcept {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
    return ((event * odd) ^ hash_of(device.app_id)) * odd ^ hash_of(device.pushkey);
}

std::string to_text(const distinct_count& count) {
    if (count.is_full()) return fmt::format("{} events or more", count.value());
    return domain::counted(count.value(), "event");
}

}  // namespace

bool distinct_count::add(std::uint64_t hash) {
    if (is_full()) return !seen_.contains(hash);
    return seen_.insert(hash).second;
}

void tally::add(const received_notification& what, const verdict& said, clock::time_point when) {
    if (requests_++ == 0) first_ = when;
    last_ = when;
    pokes_ += what.devices.size();
    ++outcomes_[{said.how, said.status}];
    if (what.event_id.empty()) return;  // counts come as often as they change
    const std::uint64_t event = hash_of(what.event_id);
    events_.add(event);
    for (const received_device& each : what.devices)
        if (!pokes_of_events_.add(hash_of(event, each))) ++repeated_;
}

void tally::add_other(const verdict& said) {
    ++others_;
    ++outcomes_[{said.how, said.status}];
}

std::string tally::to_line() const {
    std::string out = domain::counted(requests_, "request") + ", " + domain::counted(pokes_, "poke");
    if (repeated_ != 0) out += fmt::format(" ({} repeated)", repeated_);
    out += ", " + to_text(events_);
    if (others_ != 0) out += fmt::format(", {} of no notification", domain::counted(others_, "request"));
    const char* before = "; answered ";
    for (const auto& [outcome, times] : outcomes_) {
        out += fmt::format("{}{}: {}", before, describe_outcome(outcome.first, outcome.second), times);
        before = ", ";
    }
    return out;
}

std::string tally::to_last_line() const {
    if (requests_ < 2) return to_line();
    const double seconds = std::chrono::duration<double>(last_ - first_).count();
    std::string out = to_line() + fmt::format("; in {:.1f} s", seconds);
    if (seconds > 0) out += fmt::format(", {:.0f} requests/s", static_cast<double>(requests_ - 1) / seconds);
    return out;
}

}  // namespace pusherd::bench
