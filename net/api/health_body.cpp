#include "net/api/health_body.hpp"

#include "domain/json_text.hpp"

#include <string_view>

namespace pusherd::net {
namespace {

using verdict = poke_test_outcome::verdict;

constexpr std::string_view why_rejected =
    R"("reason":"rejected","likely_causes":["the app was uninstalled, or signed out",)"
    R"("the push service has given the device another pushkey","the push gateway does not know the app_id"])";

void append_key(std::string& out, const domain::pusher_key& key) {
    out += "{\"app_id\":";
    domain::append_json(out, key.app_id);
    out += ",\"pushkey\":";
    domain::append_json(out, key.pushkey);
}

void append_time(std::string& out, std::string_view name, domain::timestamp at) {
    out.append(",\"").append(name).append("\":").append(at == 0 ? "null" : std::to_string(at));
}

void append_error(std::string& out, std::string_view name, const domain::delivery_failure& failure) {
    out.append(",\"").append(name).append("\":");
    if (failure.kind == domain::failure_kind::none) {
        out += "null";
        return;
    }
    out.append("{\"kind\":\"").append(to_string(failure.kind)).append("\",\"status\":");
    out.append(failure.status == 0 ? "null" : std::to_string(failure.status)).append(",\"text\":");
    domain::append_json(out, failure.text);
    out += '}';
}

void append_pusher(std::string& out, const domain::pusher_health& pusher) {
    append_key(out, pusher.key);
    out.append(",\"kind\":\"").append(domain::to_string(pusher.kind));
    out.append("\",\"state\":\"").append(to_string(condition_of(pusher))).append("\"");
    append_time(out, "last_success_ts", pusher.last_success);
    append_time(out, "failing_since_ts", pusher.failing_since);
    append_error(out, "last_error", pusher.failure);
    out.append(",\"queued\":").append(std::to_string(pusher.queued));
    out.append(",\"sent\":").append(std::to_string(pusher.sent));
    out.append(",\"dropped\":").append(std::to_string(pusher.dropped)).append("}");
}

void append_tombstone(std::string& out, const domain::pusher_tombstone& tombstone) {
    append_key(out, tombstone.key);
    append_time(out, "removed_ts", tombstone.removed);
    out += ",\"gateway\":";
    domain::append_json(out, tombstone.url);
    out.append(",").append(why_rejected).append("}");
}

template <class Things, class Append>
void append_all(std::string& out, const Things& things, Append&& append) {
    for (const auto& each : things) {
        if (!out.ends_with('[')) out += ',';
        append(out, each);
    }
}

std::string_view to_string(verdict what) noexcept {
    switch (what) {
        case verdict::delivered: return "delivered";
        case verdict::rejected: return "rejected";
        case verdict::unknown:
        case verdict::busy:
        case verdict::failed: break;
    }
    return "failed";
}

}  // namespace

std::string health_body(const domain::users_health& health) {
    std::string out = "{\"pushers\":[";
    append_all(out, health.pushers, append_pusher);
    out += "],\"tombstones\":[";
    append_all(out, health.tombstones, append_tombstone);
    return out + "]}";
}

std::string test_body(const poke_test_outcome& outcome) {
    const bool is_blocked = outcome.failure.kind == domain::failure_kind::blocked;
    std::string out = "{\"verdict\":\"";
    out.append(is_blocked ? "blocked" : to_string(outcome.what)).append("\",\"status\":");
    out.append(outcome.status == 0 ? "null" : std::to_string(outcome.status));
    out.append(",\"took_ms\":").append(std::to_string(outcome.took.count()));
    append_error(out, "error", outcome.failure);
    return out + '}';
}

}  // namespace pusherd::net
