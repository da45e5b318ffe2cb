#include "persistence/registry/pusher_lines.hpp"

#include "domain/json_source.hpp"
#include "domain/json_text.hpp"
#include "domain/rules.hpp"
#include "domain/set_command.hpp"
#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "persistence/engine/storage_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace pusherd::persistence {
namespace {

constexpr std::array<std::string_view, 8> shown_keys{
    "app_id", "pushkey", "kind", "app_display_name", "device_display_name", "lang", "profile_tag", "data"};

// Of a set's refusal, in the words of a line.
std::string refusal_of(const domain::error& problem) {
    constexpr std::string_view subject = "The body ";
    if (!problem.message.starts_with(subject)) return problem.message;
    return "the line " + problem.message.substr(subject.size());
}

std::optional<domain::timestamp> time_of(std::string_view source) {
    domain::timestamp time = 0;
    const char* const end = source.data() + source.size();
    const auto read = std::from_chars(source.data(), end, time);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return time;
}

bool breaks_lines(std::string_view id) { return id.find_first_of("\t\r\n") != std::string_view::npos; }

/// Reads the keys that are pusherd's own. Each call returns what is wrong, or nothing.
class private_part {
public:
    explicit private_part(pusher_line& into) : into_(into) {}

    [[nodiscard]] std::string read(const domain::json_source::member& member) {
        if (member.is("user_id")) return read_user(member.value);
        if (member.is("device_id")) return read_device(member.value);
        if (member.is("created_ts")) return read_time("created_ts", member.value, into_.created, has_created_);
        if (member.is("updated_ts")) return read_time("updated_ts", member.value, into_.updated, has_updated_);
        if (member.is("enabled")) return {};  // read, as what follows, like a set's
        const std::string key = member.key();
        if (std::find(shown_keys.begin(), shown_keys.end(), key) != shown_keys.end()) return {};
        return "the key '" + domain::escape_control_characters(key.substr(0, 64)) + "' is not one of an export";
    }

    [[nodiscard]] std::string find_absent() const {
        std::string absent;
        const auto require = [&](bool is_there, std::string_view key) {
            if (!is_there) absent.append(absent.empty() ? "Missing parameters: " : ", ").append(key);
        };
        require(!into_.user_id.empty(), "user_id");
        require(has_created_, "created_ts");
        require(has_updated_, "updated_ts");
        return absent;
    }

private:
    // A user id or a device id may hold a TAB, CR or LF by the specification, but not in what is made of lines.
    [[nodiscard]] std::string read_user(std::string_view source) {
        const auto user = domain::json_source::text_of(source);
        if (!user || breaks_lines(*user) || !domain::is_user_id(*user))
            return "'user_id' must be @localpart:domain of at most 255 bytes, without TAB, CR and LF";
        into_.user_id = *user;
        return {};
    }

    [[nodiscard]] std::string read_device(std::string_view source) {
        if (source == "null") return {};
        const auto device = domain::json_source::text_of(source);
        if (!device || breaks_lines(*device) || !domain::is_device_id(*device))
            return "'device_id' must have 1 to 255 bytes, without TAB, CR and LF";
        into_.device_id = *device;
        return {};
    }

    [[nodiscard]] static std::string read_time(std::string_view key, std::string_view source, domain::timestamp& into,
                                               bool& is_there) {
        const auto time = time_of(source);
        if (!time) return "'" + std::string(key) + "' must be a whole number of milliseconds";
        into = *time;
        is_there = true;
        return {};
    }

    pusher_line& into_;
    bool has_created_ = false;
    bool has_updated_ = false;
};

}  // namespace

void append_pusher_line(std::string& out, std::string_view user_id, const registration& pusher) {
    if (!pusher.shown.starts_with('{')) throw corrupt_record("a pusher is no JSON object");
    out += R"({"user_id":)";
    domain::append_json(out, user_id);
    if (!pusher.device_id.empty()) {
        out += R"(,"device_id":)";
        domain::append_json(out, pusher.device_id);
    }
    out.append(R"(,"created_ts":)").append(std::to_string(pusher.created));
    out.append(R"(,"updated_ts":)").append(std::to_string(pusher.updated));
    if (!pusher.enabled) out += R"(,"enabled":false)";
    out.append(1, ',').append(pusher.shown.substr(1)).append("}\n");
}

std::variant<pusher_line, std::string> parse_pusher_line(std::string_view line) {
    // A line is the body of a set, but for the keys that are our own. Which gateways may be set is the server's
    // business; where they could be, they are kept.
    static const domain::set_policy of_any_server{.allow_insecure_gateways = true, .gateways = domain::any_gateway()};
    auto command = domain::parse_set_command(line, of_any_server);
    if (!command) return refusal_of(command.error());
    auto* const upsert = std::get_if<domain::upsert>(&*command);
    if (upsert == nullptr) return R"('kind' must be "http" or "email")";

    pusher_line pusher;
    private_part own(pusher);
    for (const auto& member : domain::json_source::members_of(line))
        if (std::string problem = own.read(member); !problem.empty()) return problem;
    if (std::string absent = own.find_absent(); !absent.empty()) return absent;
    pusher.kind = upsert->kind;
    pusher.key = digest_of(upsert->key);
    pusher.shown = std::move(upsert->shown);
    pusher.enabled = domain::decide_enabled(upsert->enabled, std::nullopt);
    return pusher;
}

}  // namespace pusherd::persistence
