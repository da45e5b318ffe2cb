#include "tests/model/model.hpp"

#include <algorithm>
#include <set>

namespace pusherd::testing {
namespace {

bool same_key(const shown_pusher& a, const shown_pusher& b) {
    return a.at("app_id") == b.at("app_id") && a.at("pushkey") == b.at("pushkey");
}

bool is_http(const shown_pusher& each) { return each.at("kind") == "http"; }

bool says_whether_enabled(const wanted_pusher& wanted) { return wanted.enabled || wanted.msc3881_enabled; }

bool enabled_after(const wanted_pusher& wanted, bool stored) {
    for (const auto& said : {wanted.enabled, wanted.msc3881_enabled})
        if (said && *said != stored) return *said;
    return stored;
}

bool enabled_at_first(const wanted_pusher& wanted) {
    if (wanted.msc3881_enabled) return *wanted.msc3881_enabled;
    return wanted.enabled != false;
}

}  // namespace

void model::add_token(const std::string& token, const std::string& user, const std::string& device) {
    tokens_.push_back({token, user, device});
}

void model::add_service_token(const std::string& token) { tokens_.push_back({token, "", "", true}); }

const model::holder* model::find(const std::string& token) const {
    for (const holder& each : tokens_)
        if (each.token == token) return &each;
    return nullptr;
}

std::optional<expectation> model::admit(const std::string& token) const {
    const holder* found = find(token);
    if (found == nullptr) return expectation{401, "M_UNKNOWN_TOKEN"};
    if (found->is_service) return expectation{403, "M_FORBIDDEN"};
    return std::nullopt;
}

expectation model::refused_set(const std::string& token, const std::string& errcode) const {
    return admit(token).value_or(expectation{400, errcode});
}

expectation model::set(const std::string& token, const wanted_pusher& wanted) {
    if (const auto no = admit(token)) return *no;
    const holder& by = *find(token);
    for (stored& own : pushers_[by.user]) {
        if (!same_key(own.shown, wanted.shown)) continue;
        bool is_changed = own.shown != wanted.shown;
        own.shown = wanted.shown;
        if (!is_http(own.shown)) own.queue.clear();
        if (!by.device.empty() && own.device != by.device && !says_whether_enabled(wanted)) {
            own.device = by.device;
            is_changed = true;
        }
        if (const bool enabled = enabled_after(wanted, own.enabled); enabled != own.enabled) {
            own.enabled = enabled;
            is_changed = true;
        }
        if (!wanted.append && evict_from_others(by.user, wanted.shown)) is_changed = true;
        return {200, "", is_changed ? "updated" : "unchanged"};
    }
    if (pushers_[by.user].size() >= most_pushers_) return {400, "M_USER_LIMIT_EXCEEDED"};
    pushers_[by.user].push_back({wanted.shown, by.device, enabled_at_first(wanted)});
    if (!wanted.append) (void)evict_from_others(by.user, wanted.shown);
    return {200, "", "created"};
}

expectation model::remove(const std::string& token, const std::string& app_id, const std::string& pushkey) {
    if (const auto no = admit(token)) return *no;
    const shown_pusher key{{"app_id", app_id}, {"pushkey", pushkey}};
    const auto removed =
        erase_pushers(find(token)->user, [&](const stored& each) { return same_key(each.shown, key); });
    return {200, "", removed != 0 ? "deleted" : "absent"};
}

bool model::evict_from_others(const std::string& user, const shown_pusher& key) {
    std::uint64_t evicted = 0;
    for (const auto& [other, pushers] : pushers_)
        if (other != user)
            evicted += erase_pushers(other, [&](const stored& each) { return same_key(each.shown, key); });
    return evicted != 0;
}

model::counts model::revoke_token(const std::string& token) {
    const holder was = *find(token);
    const auto of_the_device = [&](const holder& each) { return each.user == was.user && each.device == was.device; };
    std::erase_if(tokens_, [&](const holder& each) { return each.token == token; });
    if (was.is_service || was.device.empty() || std::any_of(tokens_.begin(), tokens_.end(), of_the_device))
        return {1, 0};
    return {1, erase_pushers(was.user,
                             [&](const stored& each) { return is_http(each.shown) && each.device == was.device; })};
}

model::counts model::revoke_device(const std::string& user, const std::string& device) {
    return {erase_tokens([&](const holder& each) { return each.user == user && each.device == device; }),
            erase_pushers(user, [&](const stored& each) { return is_http(each.shown) && each.device == device; })};
}

model::counts model::revoke_user(const std::string& user) {
    return {erase_tokens([&](const holder& each) { return each.user == user; }),
            erase_pushers(user, [](const stored& each) { return is_http(each.shown); })};
}

model::counts model::remove_user(const std::string& user) {
    return {erase_tokens([&](const holder& each) { return each.user == user; }),
            erase_pushers(user, [](const stored&) { return true; })};
}

template <class Condition>
std::uint64_t model::erase_tokens(Condition&& is_doomed) {
    return std::erase_if(tokens_, [&](const holder& each) { return !each.is_service && is_doomed(each); });
}

template <class Condition>
std::uint64_t model::erase_pushers(const std::string& user, Condition&& is_doomed) {
    return std::erase_if(pushers_[user], is_doomed);
}

std::uint64_t model::notify(const std::vector<told_event>& all) {
    std::uint64_t queued = 0;
    for (const told_event& each : all)
        for (stored& pusher : pushers_[each.user])
            if (!each.is_own && pusher.enabled && is_http(pusher.shown) && enqueue(pusher, each)) ++queued;
    return queued;
}

bool model::enqueue(stored& pusher, const told_event& event) {
    constexpr std::size_t most_waiting = 100;
    if (event.event_id.empty())
        std::erase(pusher.queue, event.event_id);
    else if (!pusher.told.insert(event.event_id).second)
        return false;
    if (pusher.queue.size() == most_waiting) pusher.queue.erase(pusher.queue.begin());
    pusher.queue.push_back(event.event_id);
    return true;
}

waiting_events model::waiting() const {
    waiting_events all;
    for (const auto& [user, pushers] : pushers_)
        for (const stored& each : pushers)
            if (!each.queue.empty()) all[{user, each.shown.at("app_id"), each.shown.at("pushkey")}] = each.queue;
    return all;
}

std::vector<shown_pusher> model::shown_to(const std::string& token) const {
    std::vector<shown_pusher> all;
    const auto found = pushers_.find(find(token)->user);
    if (found != pushers_.end())
        for (const stored& each : found->second) {
            shown_pusher& item = all.emplace_back(each.shown);
            const bool has_device = is_http(each.shown) && !each.device.empty();
            item["enabled"] = item["org.matrix.msc3881.enabled"] = each.enabled ? "true" : "false";
            item["device_id"] = item["org.matrix.msc3881.device_id"] = has_device ? each.device : "null";
        }
    return all;
}

std::vector<std::string> model::tokens() const {
    std::vector<std::string> all;
    for (const holder& each : tokens_) all.push_back(each.token);
    return all;
}

std::vector<std::string> model::a_token_of_each_user() const {
    std::vector<std::string> all;
    std::set<std::string> seen;
    for (const holder& each : tokens_)
        if (!each.is_service && seen.insert(each.user).second) all.push_back(each.token);
    return all;
}

model::counts model::total() const {
    counts all{tokens_.size(), 0};
    for (const auto& [user, pushers] : pushers_) all.pushers += pushers.size();
    return all;
}

std::uint64_t model::users_with_pushers() const {
    return static_cast<std::uint64_t>(
        std::count_if(pushers_.begin(), pushers_.end(), [](const auto& each) { return !each.second.empty(); }));
}

}  // namespace pusherd::testing
