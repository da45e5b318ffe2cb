#include "net/api/pusher_count.hpp"

#include "domain/json_text.hpp"
#include "domain/shown_pusher.hpp"

#include <utility>

namespace pusherd::net {
namespace {

constexpr std::size_t users_a_slice = 200;
// Anybody can register under any name: what is beyond these is counted together.
constexpr std::size_t most_names = 10'000;
constexpr std::size_t longest_name = 256;  // DNS has none that is longer

void append(std::string& out, std::string_view name, const std::map<std::string, std::uint64_t>& counts) {
    out.append(",\"").append(name).append("\":{");
    bool is_first = true;
    for (const auto& [key, count] : counts) {
        if (!std::exchange(is_first, false)) out += ',';
        domain::append_json(out, key);
        out += ':';
        out += std::to_string(count);
    }
    out += '}';
}

}  // namespace

bool pusher_count::count_some(domain::store_reader& reader) {
    const domain::search_position from = std::move(next_).value_or(domain::search_position{});
    next_ = reader.search({}, from, users_a_slice, *this);
    return next_.has_value();
}

bool pusher_count::visit(const domain::found_pusher& pusher) {
    if (pusher.user_id != last_user_) {
        last_user_ = pusher.user_id;
        ++users_;
    }
    ++pushers_;
    if (!pusher.state.enabled) ++disabled_;
    count(apps_, domain::key_of_shown(pusher.shown).app_id, other_apps_);
    if (pusher.state.kind == domain::pusher_kind::http)
        count(hosts_, domain::gateway_host_of_shown(pusher.shown), other_hosts_);
    return true;
}

void pusher_count::count(counts& of, std::string name, std::uint64_t& others) {
    const auto found = of.find(name);
    if (found != of.end())
        ++found->second;
    else if (of.size() < most_names && name.size() <= longest_name)
        of.emplace(std::move(name), 1);
    else
        ++others;
}

std::string pusher_count::to_json() const {
    std::string out = "{\"users\":" + std::to_string(users_) + ",\"pushers\":" + std::to_string(pushers_) +
                      ",\"disabled\":" + std::to_string(disabled_);
    append(out, "app_ids", apps_);
    append(out, "gateway_hosts", hosts_);
    out += ",\"other_app_ids\":" + std::to_string(other_apps_);
    out += ",\"other_gateway_hosts\":" + std::to_string(other_hosts_) + '}';
    return out;
}

}  // namespace pusherd::net
