#include "tests/support/crash_history.hpp"

#include "tests/support/http_client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace pusherd::testing {
namespace {

namespace json = boost::json;

constexpr std::string_view app = "org.example.app";

// One pusher in eight takes several pages of the database.
std::string filler_of(std::string_view version) {
    std::uint32_t number = 2166136261U;
    for (const char c : version) number = (number ^ static_cast<unsigned char>(c)) * 16777619U;
    number ^= number >> 15U;
    return std::string(number % 8 == 0 ? 2000 + number / 8 % 8000 : number / 8 % 100,
                       static_cast<char>('a' + number % 26));
}

json::object data_of(std::string_view version) {
    return {{"url", "https://push.example.org/_matrix/push/v1/notify"}, {"filler", filler_of(version)}};
}

json::object shown_of(std::string_view key, std::string_view version) {
    return {{"app_id", app},
            {"pushkey", key},
            {"kind", "http"},
            {"app_display_name", "App"},
            {"device_display_name", "Phone"},
            {"lang", version},
            {"data", data_of(version)}};
}

// As a list has it: the devices of crash clients have no name.
json::object listed(std::string_view key, std::string_view version) {
    json::object item = shown_of(key, version);
    item["enabled"] = item["org.matrix.msc3881.enabled"] = true;
    item["device_id"] = item["org.matrix.msc3881.device_id"] = nullptr;
    return item;
}

bool is_appended(std::string_view key) { return key.starts_with(appended_prefix); }

bool is_answered(const asked_set& set, std::uint64_t position) {
    return set.answered.tick != never.tick && set.answered.position <= position;
}

bool comes_after(const asked_set& later, const asked_set& earlier) { return later.sent.tick > earlier.answered.tick; }

// Whether an answered set of the contest has certainly come after `earlier` and taken its effect away.
template <class Overrides>
bool is_overridden(const std::vector<asked_set>& by, const asked_set& earlier, std::uint64_t position,
                   Overrides&& overrides) {
    return std::any_of(by.begin(), by.end(), [&](const asked_set& each) {
        return is_answered(each, position) && comes_after(each, earlier) && overrides(each);
    });
}

std::string describe(const std::pair<std::string, std::string>& where) { return where.second + " of " + where.first; }

}  // namespace

std::string body_of(const asked_set& what) {
    if (!what.version) return removal_body(app, what.key);
    json::object body = shown_of(what.key, *what.version);
    if (is_appended(what.key)) body["append"] = true;
    return json::serialize(body);
}

std::vector<std::string> add_shown(found_pushers& to, const std::string& user, const json::array& shown) {
    std::vector<std::string> faults;
    for (const json::value& item : shown) {
        const std::string key = item.at("pushkey").as_string().c_str();
        const std::string version = item.at("lang").as_string().c_str();
        if (item.as_object() != listed(key, version)) faults.push_back(key + " of " + user + " is not whole");
        if (!to.emplace(std::pair(user, key), version).second)
            faults.push_back(key + " of " + user + " is there twice");
    }
    return faults;
}

crash_history::crash_history(const found_pushers& before) {
    for (const auto& [where, version] : before) {
        contest& of = contests_[name_of(where.first, where.second)];
        of.was_absent = false;
        of.sets.push_back({where.first, where.second, version, {}, {}});
    }
}

std::string crash_history::name_of(const std::string& user, const std::string& key) {
    return is_appended(key) ? key + " of " + user : key;
}

void crash_history::add(const std::vector<asked_set>& sets) {
    for (const asked_set& each : sets) contests_[name_of(each.user, each.key)].sets.push_back(each);
}

bool crash_history::may_hold(const contest& of, const std::string& user, const std::string& version,
                             std::uint64_t position) {
    return std::any_of(of.sets.begin(), of.sets.end(), [&](const asked_set& set) {
        return set.user == user && set.version == version && set.sent.position <= position &&
               !is_overridden(of.sets, set, position,
                              [&](const asked_set& later) { return later.version || later.user == user; });
    });
}

// Nobody's: nobody has set it for sure, or somebody has deleted what may have been the last to be set.
bool crash_history::may_be_absent(const contest& of, std::uint64_t position) {
    const asked_set beginning{{}, {}, {}, {}, {}};
    const auto is_set = [](const asked_set& each) { return each.version.has_value(); };
    if (of.was_absent && !is_overridden(of.sets, beginning, position, is_set)) return true;
    return std::any_of(of.sets.begin(), of.sets.end(), [&](const asked_set& removal) {
        if (removal.version || removal.sent.position > position) return false;
        if (is_overridden(of.sets, removal, position, is_set)) return false;
        // What it deleted: a set of the same user that was not overridden for sure before.
        return std::any_of(of.sets.begin(), of.sets.end(), [&](const asked_set& set) {
            return set.version && set.user == removal.user && set.sent.tick < removal.answered.tick &&
                   !is_overridden(of.sets, set, position, [&](const asked_set& between) {
                       return between.version && comes_after(removal, between);
                   });
        });
    });
}

std::vector<std::string> crash_history::faults(const found_pushers& found, std::uint64_t position) const {
    std::vector<std::string> faults;
    std::map<std::string, int> holders;
    for (const auto& [where, version] : found) {
        const auto& [user, key] = where;
        const std::string name = name_of(user, key);
        if (++holders[name] > 1) faults.push_back(key + " has several holders, " + user + " is one");
        const auto known = contests_.find(name);
        if (known == contests_.end() || !may_hold(known->second, user, version, position))
            faults.push_back(describe(where) + " must not be " + version);
    }
    for (const auto& [name, of] : contests_)
        if (!holders.contains(name) && !may_be_absent(of, position)) faults.push_back(name + " is lost");
    return faults;
}

}  // namespace pusherd::testing
