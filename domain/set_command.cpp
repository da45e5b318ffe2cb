#include "domain/set_command.hpp"

#include "domain/gateway_policy.hpp"
#include "domain/gateway_url.hpp"
#include "domain/json_body.hpp"
#include "domain/json_source.hpp"
#include "domain/limits.hpp"
#include "domain/text.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>

namespace pusherd::domain {
namespace {

namespace json = boost::json;

/// What a body may say, as far as anybody listens.
enum class field : std::size_t {
    kind,
    app_id,
    pushkey,
    app_display_name,
    device_display_name,
    lang,
    data,
    profile_tag,
    append,
    enabled,
    unstable_enabled,
};

constexpr std::array<std::string_view, 11> field_names{
    "kind", "app_id",      "pushkey", "app_display_name", "device_display_name", "lang",
    "data", "profile_tag", "append",  "enabled",          unstable_enabled};

constexpr std::string_view name_of(field which) noexcept { return field_names[static_cast<std::size_t>(which)]; }

// In the order in which a refusal names those that are absent.
constexpr field upsert_fields[] = {
    field::kind, field::app_id, field::pushkey, field::app_display_name, field::device_display_name,
    field::lang, field::data};
constexpr field removal_fields[] = {field::kind, field::app_id, field::pushkey};

error invalid(std::string_view key, std::string_view what) {
    return {errc::invalid_param, "'" + std::string(key) + "' " + std::string(what)};
}

error invalid(field which, std::string_view what) { return invalid(name_of(which), what); }

// LMDB is indifferent to U+0000, but gateways and other stores are not: no key has one.
result<> check_key_texts(std::string_view app_id, std::string_view pushkey) {
    if (pushkey.empty()) return invalid(field::pushkey, "must not be empty");
    if (pushkey.size() > limits::pushkey_bytes) return invalid(field::pushkey, "must have at most 512 bytes");
    if (pushkey.find('\0') != std::string_view::npos) return invalid(field::pushkey, "must not contain U+0000");
    if (app_id.empty()) return invalid(field::app_id, "must not be empty");
    if (count_characters(app_id) > limits::app_id_characters)
        return invalid(field::app_id, "must have at most 64 characters");
    if (app_id.find('\0') != std::string_view::npos) return invalid(field::app_id, "must not contain U+0000");
    return {};
}

std::string_view view(const json::string& text) noexcept { return {text.data(), text.size()}; }

/// A body under examination: the parsed values to decide by, the source to keep.
class set_body {
public:
    set_body(const json::object& values, std::string_view source) : source_(source) {
        for (const json::key_value_pair& member : values) {
            const std::string_view key{member.key().data(), member.key().size()};
            const auto* const name = std::find(field_names.begin(), field_names.end(), key);
            if (name != field_names.end())
                values_[static_cast<std::size_t>(name - field_names.begin())] = &member.value();
        }
    }

    // `""` means null as well: libQuotient cannot send a null (its kind is a string).
    [[nodiscard]] bool asks_for_removal() const {
        const json::value* kind = find(field::kind);
        return kind != nullptr && (kind->is_null() || (kind->is_string() && kind->get_string().empty()));
    }

    [[nodiscard]] result<removal> to_removal() const;
    [[nodiscard]] result<upsert> to_upsert(const set_policy& policy) const;

private:
    [[nodiscard]] const json::value* find(field which) const { return values_[static_cast<std::size_t>(which)]; }
    [[nodiscard]] std::string_view text(field which) const { return view(find(which)->get_string()); }
    [[nodiscard]] std::optional<bool> boolean(field which) const;

    [[nodiscard]] result<> require(std::span<const field> fields) const;
    [[nodiscard]] result<> check_string(field which) const;
    [[nodiscard]] result<> check_types() const;
    [[nodiscard]] result<> check_key() const;
    [[nodiscard]] result<> check_sizes(std::string_view data) const;
    [[nodiscard]] result<pusher_kind> check_kind() const;
    [[nodiscard]] result<> check_http(const set_policy& policy) const;
    [[nodiscard]] result<> check_email(const set_policy& policy) const;
    [[nodiscard]] result<> check_options() const;

    std::array<const json::value*, field_names.size()> values_{};  // nullptr: absent
    std::string_view source_;                                      // of `data`
};

result<> set_body::require(std::span<const field> fields) const {
    std::string absent;
    for (const field each : fields) {
        if (find(each) != nullptr) continue;
        absent += absent.empty() ? "Missing parameters: " : ", ";
        absent += name_of(each);
    }
    if (!absent.empty()) return error{errc::missing_param, std::move(absent)};
    return {};
}

// Nothing where it is absent or null: for check_options() to have said what else it may be.
std::optional<bool> set_body::boolean(field which) const {
    const json::value* value = find(which);
    if (value == nullptr || !value->is_bool()) return std::nullopt;
    return value->get_bool();
}

result<> set_body::check_string(field which) const {
    const json::value* value = find(which);
    if (value != nullptr && !value->is_string()) return invalid(which, "must be a string");
    return {};
}

result<> set_body::check_types() const {
    const json::value* kind = find(field::kind);
    if (!kind->is_string() && !kind->is_null()) return invalid(field::kind, "must be a string or null");
    for (const field key :
         {field::app_id, field::pushkey, field::app_display_name, field::device_display_name, field::lang})
        if (auto bad = check_string(key); !bad) return bad;
    if (!find(field::data)->is_object()) return invalid(field::data, "must be an object");
    const json::value* profile_tag = find(field::profile_tag);
    if (profile_tag != nullptr && !profile_tag->is_null()) return check_string(field::profile_tag);
    return {};
}

result<> set_body::check_key() const { return check_key_texts(text(field::app_id), text(field::pushkey)); }

result<> set_body::check_sizes(std::string_view data) const {
    for (const field key : {field::app_display_name, field::device_display_name, field::lang, field::profile_tag}) {
        const json::value* value = find(key);
        if (value != nullptr && value->is_string() && value->get_string().size() > limits::label_bytes)
            return invalid(key, "must have at most 1024 bytes");
    }
    if (data.size() > limits::data_bytes) return invalid(field::data, "must have at most 16384 bytes");
    return {};
}

result<pusher_kind> set_body::check_kind() const {
    for (const pusher_kind kind : {pusher_kind::http, pusher_kind::email})
        if (find(field::kind)->is_string() && text(field::kind) == to_string(kind)) return kind;
    return invalid(field::kind, "must be \"http\", \"email\" or null");
}

result<> set_body::check_http(const set_policy& policy) const {
    const json::value* url = find(field::data)->get_object().if_contains("url");
    if (url == nullptr) return error{errc::missing_param, "Missing parameters: data.url"};
    if (!url->is_string()) return invalid("data.url", "must be a string");
    const auto host = check_gateway_url(view(url->get_string()), policy.allow_insecure_gateways);
    if (!host) return host.error();
    return check_gateway_host(*host, policy.gateways);
}

result<> set_body::check_email(const set_policy& policy) const {
    if (text(field::app_id) != "m.email") return invalid(field::app_id, "must be \"m.email\" for an email pusher");
    const std::string_view address = text(field::pushkey);
    const std::size_t at = address.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == address.size() || address.rfind('@') != at ||
        has_control_character_or_space(address))
        return invalid(field::pushkey, "must be an email address for an email pusher");
    if (policy.email_pushers == email_policy::refuse)
        return invalid(field::kind, "must not be \"email\" (the server's option --email-pushers refuses it)");
    return {};
}

result<> set_body::check_options() const {
    const json::value* format = find(field::data)->get_object().if_contains("format");
    if (format != nullptr && !format->is_string()) return invalid("data.format", "must be a string");
    for (const field key : {field::append, field::enabled, field::unstable_enabled}) {
        const json::value* value = find(key);
        if (value != nullptr && !value->is_bool() && !value->is_null())
            return invalid(key, "must be true, false or null");
    }
    return {};
}

result<removal> set_body::to_removal() const {
    if (auto bad = require(removal_fields); !bad) return bad.error();
    for (const field key : {field::app_id, field::pushkey})
        if (auto bad = check_string(key); !bad) return bad.error();
    if (auto bad = check_key(); !bad) return bad.error();
    return removal{{std::string(text(field::app_id)), std::string(text(field::pushkey))}};
}

result<upsert> set_body::to_upsert(const set_policy& policy) const {
    if (auto bad = require(upsert_fields); !bad) return bad.error();
    if (auto bad = check_types(); !bad) return bad.error();
    if (auto bad = check_key(); !bad) return bad.error();
    std::string data = json_source::compact(source_);
    if (auto bad = check_sizes(data); !bad) return bad.error();
    const auto kind = check_kind();
    if (!kind) return kind.error();
    if (auto bad = *kind == pusher_kind::http ? check_http(policy) : check_email(policy); !bad) return bad.error();
    if (auto bad = check_options(); !bad) return bad.error();

    pusher wanted{
        .key = {std::string(text(field::app_id)), std::string(text(field::pushkey))},
        .kind = *kind,
        .app_display_name = std::string(text(field::app_display_name)),
        .device_display_name = std::string(text(field::device_display_name)),
        .lang = std::string(text(field::lang)),
        .profile_tag = std::nullopt,
        .data = std::move(data),
    };
    if (const json::value* tag = find(field::profile_tag); tag != nullptr && tag->is_string())
        wanted.profile_tag = std::string(view(tag->get_string()));
    std::string shown = show(wanted);
    return upsert{
        .key = std::move(wanted.key),
        .kind = *kind,
        .shown = std::move(shown),
        .append = boolean(field::append).value_or(false),
        .enabled = {.stable = boolean(field::enabled), .unstable = boolean(field::unstable_enabled)},
    };
}

}  // namespace

const pusher_key& key_of(const set_command& command) noexcept {
    if (const auto* create = std::get_if<upsert>(&command)) return create->key;
    return std::get_if<removal>(&command)->key;
}

result<> check_pusher_key(const pusher_key& key) {
    if (!is_utf8(key.pushkey)) return invalid(field::pushkey, "must be UTF-8");
    if (!is_utf8(key.app_id)) return invalid(field::app_id, "must be UTF-8");
    return check_key_texts(key.app_id, key.pushkey);
}

result<set_command> parse_set_command(std::string_view body, const set_policy& policy) {
    // A common body parses without one allocation; a longer one goes on to the heap.
    std::array<unsigned char, 4096> arena;
    json::monotonic_resource memory{arena.data(), arena.size()};
    const auto parsed = parse_json_body(body, &memory);
    if (!parsed) return parsed.error();

    const auto& members = parsed->members;
    const auto data = std::find_if(members.begin(), members.end(), [](const auto& each) { return each.is("data"); });
    const std::string_view data_source = data == members.end() ? std::string_view{} : data->value;

    const set_body request{parsed->value.get_object(), data_source};
    if (request.asks_for_removal()) {
        // Older clients delete by sending the whole pusher with a null kind: nothing else in it matters.
        auto command = request.to_removal();
        if (!command) return command.error();
        return set_command{std::move(*command)};
    }
    if (data_source.starts_with('{'))
        if (auto bad = check_not_repeated(json_source::members_of(data_source), " in 'data'"); !bad) return bad.error();
    auto command = request.to_upsert(policy);
    if (!command) return command.error();
    return set_command{std::move(*command)};
}

}  // namespace pusherd::domain
