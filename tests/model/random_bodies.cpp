#include "tests/model/random_bodies.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace pusherd::testing {
namespace {

const std::string gateway = R"("https://push.example.org/_matrix/push/v1/notify")";

struct key {
    std::string app_id;
    std::string pushkey;
};

key random_key(random_source& random) {
    if (random.one_in(4)) return {"m.email", random.one_of({"alice@example.org", "b@localhost"})};
    return {random.one_of({"org.example.app", "org.example.äpp"}), random.one_of({"k1", "k2", "ключ=="})};
}

std::string random_data(random_source& random, const std::string& kind) {
    raw_members members;
    if (kind == "http")
        members.emplace_back(
            "url", random.one_in(3) ? R"("https://other.example.org:8443/_matrix/push/v1/notify?a=b")" : gateway);
    const raw_members extras{
        {"format", R"("event_id_only")"},
        {"digits", "12345678901234567890123"},
        {"fraction", "0.10"},
        {"huge", "1e400"},
        {"escapes", R"("\u00e9\/\n\ud83c\udf89 \"}")"},
        {"default_payload", R"({"aps":{"mutable-content":1,"alert":{"loc-key":"X"}},"b":[1,{}]})"}};
    for (const auto& each : extras)
        if (random.one_in(6)) members.push_back(each);
    random.shuffle(members);
    return to_object(members);
}

// The same JSON with whitespace between its tokens.
std::string spaced(random_source& random, const std::string& json) {
    std::string out;
    bool in_string = false;
    bool escaped = false;
    for (const char c : json) {
        out += c;
        if (c == '"' && !escaped) in_string = !in_string;
        escaped = c == '\\' && !escaped;
        if (!in_string && std::string("{}[],:").find(c) != std::string::npos && random.one_in(4))
            out += random.one_of({" ", "\n", "\r\n", "\t", "  "});
    }
    return out;
}

std::string spelled(random_source& random, raw_members members) {
    if (random.one_in(8)) members.emplace_back("org.example.unknown", R"([{"kind":null},"data"])");
    if (random.one_in(2)) random.shuffle(members);
    const std::string body = to_object(members);
    return random.one_in(3) ? spaced(random, body) : body;
}

raw_members members_for(const shown_pusher& wanted) {
    raw_members members;
    for (const auto& [name, value] : wanted) members.emplace_back(name, name == "data" ? value : quoted(value));
    return members;
}

shown_pusher random_pusher(random_source& random) {
    const key which = random_key(random);
    const std::string kind = which.app_id == "m.email" && !random.one_in(3) ? "email" : "http";
    shown_pusher wanted{{"kind", kind},
                        {"app_id", which.app_id},
                        {"pushkey", which.pushkey},
                        {"app_display_name", random.one_of({"App", "App", ""})},
                        {"device_display_name", random.one_of({"Phone", "Phone", "Täblet 🎉"})},
                        {"lang", random.one_of({"en", "en", "de-AT"})},
                        {"data", random.one_in(2) ? random_data(random, kind)
                                                  : (kind == "http" ? R"({"url":)" + gateway + "}" : "{}")}};
    if (random.one_in(6)) wanted["profile_tag"] = random.one_of({"", "tag"});
    return wanted;
}

void replace(raw_members& members, const std::string& name, const std::string& value) {
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const auto& each) { return each.first == name; });
    if (found == members.end())
        members.emplace_back(name, value);
    else
        found->second = value;
}

invalid_set not_even_an_object(random_source& random) {
    static const std::vector<invalid_set> all{{"", "M_NOT_JSON"},
                                              {"{", "M_NOT_JSON"},
                                              {R"({"kind":nul})", "M_NOT_JSON"},
                                              {R"({"kind":null,})", "M_NOT_JSON"},
                                              {"{\"kind\":\"\xff\"}", "M_NOT_JSON"},
                                              {R"({"kind":"\ud800"})", "M_NOT_JSON"},
                                              {std::string(33, '[') + std::string(33, ']'), "M_NOT_JSON"},
                                              {"[]", "M_BAD_JSON"},
                                              {R"("text")", "M_BAD_JSON"},
                                              {"null", "M_BAD_JSON"},
                                              {"12", "M_BAD_JSON"}};
    return random.one_of(all);
}

struct replacement {
    const char* name;
    std::string value;
    const char* errcode = "M_INVALID_PARAM";
};

const std::vector<replacement>& bad_values() {
    static const std::vector<replacement> all{
        {"kind", R"("smtp")"},
        {"kind", "1"},
        {"app_id", "null"},
        {"app_id", "\"\""},
        {"app_id", quoted(std::string(65, 'a'))},
        {"app_id", R"("a\u0000")"},
        {"pushkey", "[]"},
        {"pushkey", "\"\""},
        {"pushkey", quoted(std::string(513, 'k'))},
        {"pushkey", R"("k\u0000")"},
        {"app_display_name", "1"},
        {"app_display_name", quoted(std::string(1025, 'n'))},
        {"device_display_name", "null"},
        {"lang", "true"},
        {"lang", quoted(std::string(1025, 'l'))},
        {"profile_tag", "0"},
        {"data", "null"},
        {"data", R"("text")"},
        {"data", R"({"url":)" + gateway + R"(,"x":)" + quoted(std::string(16 * 1024, 'x')) + "}"},
        {"data", R"({"format":"event_id_only"})", "M_MISSING_PARAM"},
        {"data", R"({"url":1})"},
        {"data", R"({"url":"http://push.example.org/_matrix/push/v1/notify"})"},
        {"data", R"({"url":"https://push.example.org/"})"},
        {"data", R"({"url":"https://me@push.example.org/_matrix/push/v1/notify"})"},
        {"data", R"({"url":)" + gateway + R"(,"format":1})"},
        {"data", R"({"url":)" + gateway + R"(,"a":1,"a":1})", "M_BAD_JSON"},
        {"append", "1"},
        {"append", R"("true")"},
        {"enabled", "0"},
        {"org.matrix.msc3881.enabled", R"("false")"},
    };
    return all;
}

// Adds a member of that name, or none; null is as if it were absent.
std::optional<bool> random_boolean(random_source& random, const char* name, raw_members& members) {
    if (random.one_in(3)) return std::nullopt;
    const std::string value = random.one_of({"true", "true", "false", "false", "null"});
    members.emplace_back(name, value);
    if (value == "null") return std::nullopt;
    return value == "true";
}

}  // namespace

valid_set random_set(random_source& random) {
    wanted_pusher wanted{random_pusher(random)};
    raw_members members = members_for(wanted.shown);
    if (!wanted.shown.contains("profile_tag") && random.one_in(4)) members.emplace_back("profile_tag", "null");
    if (random.one_in(2)) {
        const std::string append = random.one_of({"true", "true", "false", "null"});
        wanted.append = append == "true";
        members.emplace_back("append", append);
    }
    if (random.one_in(3)) {
        wanted.enabled = random_boolean(random, "enabled", members);
        wanted.msc3881_enabled = random_boolean(random, "org.matrix.msc3881.enabled", members);
        if (random.one_in(2)) members.emplace_back("device_id", random.one_of({"null", R"("OTHER")", "1"}));
    }
    return {spelled(random, std::move(members)), std::move(wanted)};
}

removing_set random_removal(random_source& random) {
    const key which = random_key(random);
    raw_members members{{"app_id", quoted(which.app_id)}, {"pushkey", quoted(which.pushkey)}};
    if (random.one_in(3)) members = members_for(random_pusher(random));  // the rest is not looked at
    if (random.one_in(3)) replace(members, "append", random.one_of({"true", "1"}));
    replace(members, "app_id", quoted(which.app_id));
    replace(members, "pushkey", quoted(which.pushkey));
    replace(members, "kind", random.one_of({"null", "null", "\"\""}));
    return {spelled(random, std::move(members)), which.app_id, which.pushkey};
}

invalid_set random_invalid_set(random_source& random) {
    if (random.one_in(4)) return not_even_an_object(random);
    shown_pusher wanted = random_pusher(random);
    wanted["kind"] = "http";
    wanted["data"] = R"({"url":)" + gateway + "}";
    raw_members members = members_for(wanted);
    switch (random.below(6)) {
        case 0: {
            const std::string absent =
                random.one_of({"kind", "app_id", "pushkey", "app_display_name", "device_display_name", "lang", "data"});
            std::erase_if(members, [&](const auto& each) { return each.first == absent; });
            return {spelled(random, std::move(members)), "M_MISSING_PARAM"};
        }
        case 1:
            members.push_back(members[random.below(members.size())]);
            return {spelled(random, std::move(members)), "M_BAD_JSON"};
        case 2:
            replace(members, "kind", R"("email")");
            replace(members, "data", "{}");
            if (random.one_in(2))
                replace(members, "app_id", R"("org.example.app")");
            else
                replace(members, "pushkey", quoted(random.one_of({"nobody", "@b", "a@", "a@b@c", "a b@c", "a\n@c"})));
            return {spelled(random, std::move(members)), "M_INVALID_PARAM"};
        default: break;
    }
    const replacement& bad = random.one_of(bad_values());
    replace(members, bad.name, bad.value);
    return {spelled(random, std::move(members)), bad.errcode};
}

told_events random_notifications(random_source& random, const std::vector<std::string>& users) {
    told_events all;
    const bool are_many = random.one_in(15);
    const std::size_t count = are_many ? 80 + random.below(60) : 1 + random.below(4);
    std::string items;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string user = are_many && i != 0 ? all.events.front().user : random.one_of(users);
        const std::string id = random.one_in(4) ? "" : '$' + std::to_string(random.below(600));
        const bool is_own = !id.empty() && random.one_in(10);
        raw_members notification{{"counts", R"({"unread":)" + std::to_string(random.below(9)) + '}'}};
        if (!id.empty()) notification.emplace_back("event_id", quoted(id));
        notification.emplace_back("sender", is_own ? quoted(user) : R"("@somebody:example.org")");
        random.shuffle(notification);
        raw_members item{{"user_id", quoted(user)}, {"notification", to_object(notification)}};
        random.shuffle(item);
        items.append(items.empty() ? "" : ",").append(to_object(item));
        all.events.push_back({user, id, is_own});
    }
    all.body = count == 1 && random.one_in(2) ? items : R"({"notifications":[)" + items + "]}";
    return all;
}

}  // namespace pusherd::testing
