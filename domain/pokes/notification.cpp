#include "domain/pokes/notification.hpp"

#include "domain/json_body.hpp"
#include "domain/json_source.hpp"
#include "domain/text.hpp"
#include "domain/user_id.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace pusherd::domain {
namespace {

using members = std::vector<json_source::member>;

// What the API knows by name (push_notifier.yaml), and of which type it is. Synapse sends `id` and `membership` as
// well.
constexpr std::string_view texts[] = {"event_id",  "room_id",    "type", "sender",    "sender_display_name",
                                      "room_name", "room_alias", "id",   "membership"};

bool is_text(std::string_view source) noexcept { return source.starts_with('"'); }
bool is_object(std::string_view source) noexcept { return source.starts_with('{'); }
bool is_null(std::string_view source) noexcept { return source == "null"; }

// An object without those of its members that are null and known: of that key, or of any where none is named.
std::string without_nulls(std::string_view object, std::string_view known) {
    std::string kept = "{";
    for (const json_source::member& each : json_source::members_of(object)) {
        if (is_null(each.value) && (known.empty() || each.is(known))) continue;
        if (kept.size() > 1) kept += ',';
        kept.append("\"").append(each.written_key).append("\":").append(json_source::compact(each.value));
    }
    return kept + '}';
}

bool is_count(std::string_view source) noexcept {
    return !source.empty() && source.size() <= 15 &&
           std::all_of(source.begin(), source.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Reads one item. `where_` is how a text begins that says what is wrong with it: nothing, or `notifications[3].`.
class item_reader {
public:
    explicit item_reader(std::string where) : where_(std::move(where)) {}

    result<notification> read(const members& item) {
        const auto user = find(item, "user_id");
        const auto told = find(item, "notification");
        if (!user || !told) return missing(!user, !told);
        if (auto bad = read_user(*user); !bad) return bad.error();
        if (!is_object(*told)) return invalid("notification", "must be an object");
        if (auto bad = read_notification(*told); !bad) return bad.error();
        if (auto bad = read_tweaks(find(item, "tweaks")); !bad) return bad.error();
        if (read_.source.size() + read_.tweaks.size() > notification_bytes)
            return invalid("notification", "must have at most 128 KiB, with its tweaks");
        return std::move(read_);
    }

private:
    // What is null is as if absent.
    static std::optional<std::string_view> find(const members& of, std::string_view key) {
        const auto found = std::find_if(of.begin(), of.end(), [&](const auto& each) { return each.is(key); });
        if (found == of.end() || is_null(found->value)) return std::nullopt;
        return found->value;
    }

    [[nodiscard]] error invalid(std::string_view name, std::string_view what) const {
        return {errc::invalid_param, '\'' + where_ + std::string(name) + "' " + std::string(what)};
    }

    [[nodiscard]] error missing(bool user, bool told) const {
        std::string names = user ? where_ + "user_id" : "";
        if (told) names += (user ? ", " : "") + where_ + "notification";
        return {errc::missing_param, "Missing parameters: " + names};
    }

    // Of two members of a key, a gateway may take the other.
    [[nodiscard]] result<> check_not_repeated(const members& of, std::string_view name) const {
        return domain::check_not_repeated(of, " in '" + where_ + std::string(name) + '\'');
    }

    result<> read_user(std::string_view source) {
        auto user_id = json_source::text_of(source);
        if (!user_id || !is_user_id(*user_id)) return invalid("user_id", "must be @localpart:domain");
        read_.user_id = std::move(*user_id);
        return {};
    }

    result<> read_notification(std::string_view source) {
        const members all = json_source::members_of(source);
        if (auto bad = check_not_repeated(all, "notification"); !bad) return bad;
        std::string kept = "{";
        for (const json_source::member& each : all) {
            const std::string key = each.key();
            if (key == "devices") continue;  // pusherd knows them
            if (is_known(key) && is_null(each.value)) continue;
            if (auto bad = check(key, each.value); !bad) return bad;
            if (kept.size() > 1) kept += ',';
            kept.append("\"").append(each.written_key).append("\":");
            kept += key == "counts" ? without_nulls(each.value, "") : json_source::compact(each.value);
        }
        read_.source = kept + '}';
        if (const auto event_id = find(all, "event_id")) read_.event_id = *json_source::text_of(*event_id);
        if (read_.event_id.empty() && !find(all, "counts"))
            return invalid("notification", "must have an event_id, or counts");
        const auto sender = find(all, "sender");
        read_.is_of_own_event = sender && json_source::text_of(*sender) == read_.user_id;
        return {};
    }

    static bool is_known(std::string_view key) {
        constexpr std::string_view others[] = {"content", "counts", "prio", "user_is_target"};
        return std::find(std::begin(texts), std::end(texts), key) != std::end(texts) ||
               std::find(std::begin(others), std::end(others), key) != std::end(others);
    }

    [[nodiscard]] result<> check(const std::string& key, std::string_view value) const {
        const std::string name = "notification." + escape_control_characters(key.substr(0, 64));
        if (std::find(std::begin(texts), std::end(texts), key) != std::end(texts) && !is_text(value))
            return invalid(name, "must be a string");
        if (key == "content" && !is_object(value)) return invalid(name, "must be an object");
        if (key == "user_is_target" && value != "true" && value != "false") return invalid(name, "must be a boolean");
        if (key == "prio" && json_source::text_of(value) != "high" && json_source::text_of(value) != "low")
            return invalid(name, "must be high or low");
        if (key == "counts") return check_counts(value);
        return {};
    }

    [[nodiscard]] result<> check_counts(std::string_view source) const {
        if (!is_object(source)) return invalid("notification.counts", "must be an object");
        const members all = json_source::members_of(source);
        if (auto bad = check_not_repeated(all, "notification.counts"); !bad) return bad;
        for (const json_source::member& each : all)
            if (!is_count(each.value) && !is_null(each.value))
                return invalid("notification.counts." + escape_control_characters(each.key().substr(0, 64)),
                               "must be a non-negative integer");
        return {};
    }

    result<> read_tweaks(std::optional<std::string_view> source) {
        if (!source) return {};
        if (!is_object(*source)) return invalid("tweaks", "must be an object");
        const members all = json_source::members_of(*source);
        if (auto bad = check_not_repeated(all, "tweaks"); !bad) return bad;
        if (const auto sound = find(all, "sound"); sound && !is_text(*sound))
            return invalid("tweaks.sound", "must be a string");
        read_.tweaks = without_nulls(*source, "sound");
        return {};
    }

    std::string where_;
    notification read_;
};

result<std::vector<notification>> read_batch(std::string_view source) {
    const error no_list{errc::invalid_param, "'notifications' must be an array of 1 to 1000 notifications"};
    if (!source.starts_with('[')) return no_list;
    const std::vector<std::string_view> items = json_source::items_of(source);
    if (items.empty() || items.size() > most_notifications) return no_list;
    std::vector<notification> all;
    all.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string where = "notifications[" + std::to_string(i) + ']';
        if (!is_object(items[i])) return error{errc::invalid_param, '\'' + where + "' must be an object"};
        const members item = json_source::members_of(items[i]);
        if (auto bad = check_not_repeated(item, " in '" + where + '\''); !bad) return bad.error();
        auto read = item_reader(where + '.').read(item);
        if (!read) return read.error();
        all.push_back(std::move(*read));
    }
    return all;
}

}  // namespace

result<std::vector<notification>> parse_notifications(std::string_view body) {
    const auto members = parse_json_members(body);
    if (!members) return members.error();
    for (const json_source::member& each : *members)
        if (each.is("notifications") && !is_null(each.value)) return read_batch(each.value);
    auto one = item_reader("").read(*members);
    if (!one) return one.error();
    std::vector<notification> all;
    all.push_back(std::move(*one));
    return all;
}

}  // namespace pusherd::domain
