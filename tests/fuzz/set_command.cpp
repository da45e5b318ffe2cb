// The body of a set: what is accepted keeps to its limits, shows to JSON that says the same, parses again to the same,
// and brings `data` back to the letter; what is refused is refused in one line of text.

#include "domain/set_command.hpp"

#include "domain/json_source.hpp"
#include "domain/limits.hpp"
#include "domain/text.hpp"
#include "net/api/refusal.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/model/raw_json.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>

namespace pusherd::fuzz {
namespace {

namespace json = boost::json;

// As the tests' own reader of JSON finds it. The last one's is what a JSON parser would keep, but none stands twice.
std::string data_in(std::string_view object) {
    for (const auto& [key, value] : testing::members_of(testing::compact(object)))
        if (json::parse('"' + key + '"').as_string() == "data") return value;
    return {};
}

void check_key(const domain::pusher_key& key) {
    require(!key.app_id.empty() && !key.pushkey.empty(), "a key is not empty");
    require(key.pushkey.size() <= domain::limits::pushkey_bytes, "a pushkey keeps to its limit");
    require(domain::count_characters(key.app_id) <= domain::limits::app_id_characters, "an app_id keeps to its limit");
    require(domain::is_utf8(key.app_id) && domain::is_utf8(key.pushkey), "a key is UTF-8");
    require((key.app_id + key.pushkey).find('\0') == std::string::npos, "a key has no U+0000");
}

void check_shown(const domain::upsert& command, std::string_view body) {
    require(command.shown.starts_with(domain::shown_key(command.key)), "what is shown begins with its key");
    require(domain::is_utf8(command.shown), "what is shown is UTF-8");
    boost::system::error_code bad;
    const json::value shown = json::parse(domain::json_source::with_short_exponents(command.shown + '}'), bad);
    require(!bad && shown.is_object(), "what is shown is a JSON object");
    for (const char* name : {"app_display_name", "device_display_name", "lang", "profile_tag"}) {
        const json::value* text = shown.as_object().if_contains(name);
        require(text == nullptr || (text->is_string() && text->as_string().size() <= domain::limits::label_bytes),
                "a text keeps to its limit");
    }
    require(shown.as_object().at("kind") == json::string_view(domain::to_string(command.kind)), "its kind is shown");
    const std::string data = data_in(command.shown + '}');
    require(data.size() <= domain::limits::data_bytes, "data keeps to its limit");
    require(data == data_in(body), "data comes back to the letter");
    for (const std::string_view hidden : {"append", "created", "updated", "enabled", "device_id"})
        require(!shown.as_object().contains(json::string_view(hidden.data(), hidden.size())),
                "what is private is not shown");
}

void check_again(const domain::upsert& command, const domain::set_policy& policy) {
    const auto again = domain::parse_set_command(command.shown + '}', policy);
    require(again.has_value() && std::holds_alternative<domain::upsert>(*again), "what is shown is a good set");
    const auto& same = std::get<domain::upsert>(*again);
    require(same.shown == command.shown, "what is shown parses to the same");
    require(same.key.app_id == command.key.app_id && same.key.pushkey == command.key.pushkey, "its key stays");
    require(same.kind == command.kind && !same.append, "its kind stays, and append is not shown");
}

void check_refusal(const domain::error& problem) {
    using domain::errc;
    require(problem.code == errc::not_json || problem.code == errc::bad_json || problem.code == errc::missing_param ||
                problem.code == errc::invalid_param,
            "a body is refused for what is wrong with a body");
    require(domain::is_utf8(problem.message) && !domain::has_control_character(problem.message),
            "a refusal is a line of text");
    require(!problem.message.empty() && problem.message.size() < 512, "a refusal is short");
    boost::system::error_code bad;
    const json::value answer = json::parse(net::body_of(net::to_refusal(problem, "")), bad);
    require(!bad && answer.is_object(), "a refusal is answered with a JSON object");
}

void check_accepted(const domain::set_command& command, std::string_view body, const domain::set_policy& policy) {
    check_key(domain::key_of(command));
    if (const auto* wanted = std::get_if<domain::upsert>(&command)) {
        check_shown(*wanted, body);
        check_again(*wanted, policy);
    }
}

}  // namespace

void check_set_command(std::string_view input) {
    const exact_copy body(input);
    static const domain::set_policy strict{.allow_insecure_gateways = false};
    static const domain::set_policy lenient{.allow_insecure_gateways = true, .gateways = domain::any_gateway()};
    const auto command = domain::parse_set_command(body.view(), strict);
    const auto insecure = domain::parse_set_command(body.view(), lenient);
    require(!command || insecure, "what is good is good with any gateway as well");
    if (insecure)
        check_accepted(*insecure, input, lenient);
    else
        check_refusal(insecure.error());
    if (command)
        check_accepted(*command, input, strict);
    else
        check_refusal(command.error());
    if (!command && insecure)
        require(command.error().message.find("--allow-insecure-gateways") != std::string::npos ||
                    command.error().message.find("--gateway-allow-range") != std::string::npos,
                "the option is named where it would help");
}

}  // namespace pusherd::fuzz
