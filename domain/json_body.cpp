#include "domain/json_body.hpp"

#include "domain/json_grammar.hpp"
#include "domain/limits.hpp"
#include "domain/text.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <utility>

namespace pusherd::domain {
namespace {

namespace json = boost::json;

result<json::value> parse_json(std::string_view body, const json::storage_ptr& memory) {
    boost::system::error_code problem;
    // The default options are RFC 8259's grammar and no more, at most 32 levels deep, in valid UTF-8.
    static_assert(limits::json_depth == 32);
    json::value value = json::parse(body, problem, memory);
    if (problem == json::error::exponent_overflow)
        value = json::parse(json_source::with_short_exponents(body), problem, memory);
    if (problem) return error{errc::not_json, "The body is not JSON: " + problem.message() + "."};
    return value;
}

error no_object() { return {errc::bad_json, "The body must be a JSON object."}; }

}  // namespace

result<> check_not_repeated(const std::vector<json_source::member>& members, std::string_view where) {
    const auto key = json_source::repeated_key(members);
    if (!key) return {};
    // A key may be as long as the body; this much of it will be recognised.
    const std::string shown = escape_control_characters(key->substr(0, 64));
    return error{errc::bad_json, "The key '" + shown + "' stands twice" + std::string(where) + "."};
}

result<json_body> parse_json_body(std::string_view body, const json::storage_ptr& memory) {
    auto document = parse_json(body, memory);
    if (!document) return document.error();
    if (!document->is_object()) return no_object();
    json_body parsed{std::move(*document), json_source::members_of(body)};
    if (auto bad = check_not_repeated(parsed.members, ""); !bad) return bad.error();
    return parsed;
}

result<std::vector<json_source::member>> parse_json_members(std::string_view body) {
    if (auto bad = check_json(body); !bad) return bad.error();
    if (body.substr(body.find_first_not_of(" \t\r\n")).front() != '{') return no_object();
    auto members = json_source::members_of(body);
    if (auto bad = check_not_repeated(members, ""); !bad) return bad.error();
    return members;
}

}  // namespace pusherd::domain
