// The lines of an export: what is stored comes through them to the letter, and what no set could store is refused.

#include "persistence/registry/pusher_lines.hpp"

#include "domain/set_command.hpp"
#include "persistence/engine/storage_error.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pusherd::persistence {
namespace {

const std::string url = R"("url":"https://push.example.org/_matrix/push/v1/notify")";
const std::string own = R"("user_id":"@a:h","created_ts":1,"updated_ts":2,)";
const std::string names = R"("app_display_name":"App","device_display_name":"Phone","lang":"en",)";
const std::string key = R"("app_id":"org.example.app","pushkey":"k",)";

/// What a set stores, where any gateway may be set.
std::string shown_by(const std::string& body) {
    const auto command =
        domain::parse_set_command(body, {.allow_insecure_gateways = true, .gateways = domain::any_gateway()});
    BOOST_TEST_REQUIRE(command.has_value());
    return std::get<domain::upsert>(*command).shown;
}

std::string body_with(const std::string& key_members, const std::string& kind, const std::string& data,
                      const std::string& more = {}) {
    return "{" + key_members + R"("kind":")" + kind + "\"," + names + more + R"("data":)" + data + "}";
}

std::string line_of(const registration& pusher, std::string_view user_id = "@a:h") {
    std::string line;
    append_pusher_line(line, user_id, pusher);
    return line;
}

pusher_line parse(std::string_view line) {
    auto parsed = parse_pusher_line(line);
    if (const auto* problem = std::get_if<std::string>(&parsed)) BOOST_FAIL(*problem << " in " << line);
    return std::get<pusher_line>(std::move(parsed));
}

std::string problem_with(std::string_view line) {
    const auto parsed = parse_pusher_line(line);
    return std::holds_alternative<std::string>(parsed) ? std::get<std::string>(parsed) : "none";
}

void check_round_trip(const std::string& body, std::string_view user_id = "@a:h", std::string_view device_id = "D",
                      bool enabled = true) {
    const std::string shown = shown_by(body);
    const registration stored{
        .key = {}, .created = 1, .updated = 2, .kind = {}, .device_id = device_id, .shown = shown, .enabled = enabled};
    std::string line = line_of(stored, user_id);
    BOOST_TEST(line.find('\n') == line.size() - 1);
    line.pop_back();
    const pusher_line back = parse(line);
    BOOST_TEST(back.shown == shown);
    BOOST_TEST(back.user_id == user_id);
    BOOST_TEST(back.device_id == device_id);
    BOOST_TEST(back.enabled == enabled);
    BOOST_TEST(line_of(back.as_stored(), back.user_id) == line + '\n');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pusher_lines)

BOOST_AUTO_TEST_CASE(a_line_is_what_a_list_shows_behind_what_it_does_not) {
    const std::string shown = shown_by(body_with(key, "http", "{" + url + "}"));
    const registration bound{
        .key = {}, .created = 1700000000000, .updated = 2, .kind = {}, .device_id = "PHONE", .shown = shown};
    const std::string behind = R"("created_ts":1700000000000,"updated_ts":2,)" + shown.substr(1) + "}\n";
    BOOST_TEST(line_of(bound) == R"({"user_id":"@a:h","device_id":"PHONE",)" + behind);
    registration unbound = bound;
    unbound.device_id = {};
    BOOST_TEST(line_of(unbound) == R"({"user_id":"@a:h",)" + behind);
}

BOOST_AUTO_TEST_CASE(what_was_stored_comes_back_to_the_letter) {
    check_round_trip(body_with(key, "http", "{" + url + "}"));
    check_round_trip(body_with(key, "http", "{" + url + R"(,"a":12345678901234567890123,"b":0.10,"c":1e400,"d":-0})"));
    check_round_trip(body_with(key, "http", "{" + url + R"(,"e":1e99999999999})"));
    check_round_trip(body_with(key, "http", R"({"x":{"y":[1,{"z":null,"z":2}]},)" + url + "}"));
    check_round_trip(body_with(key, "http", "{" + url + R"(,"\u00e9\/":"\ud83c\udf89 \" } \\","é":"🎉"})"));
    check_round_trip(body_with(key, "http", "{" + url + "}", R"("profile_tag":"",)"));
    check_round_trip(body_with(key, "http", "{" + url + "}", R"("profile_tag":"t\u0001\"\\",)"));
    check_round_trip(body_with(key, "http", R"({"url":"HTTP://10.0.0.1/_matrix/push/v1/notify?a=b"})"));
    check_round_trip(body_with(R"("app_id":"m.email","pushkey":"a@b",)", "email", "{}"));
    check_round_trip(body_with(R"("app_id":"\t\u0001","pushkey":"\"\n\u2028🎉",)", "http", "{" + url + "}"));
}

// Which gateways may be set is for the server to say that they are set on.
BOOST_AUTO_TEST_CASE(whatever_its_gateway_is_it_comes_back) {
    for (const char* host : {"10.0.0.7", "127.1", "localhost", "0", "[::]", "[::1]", "[fd00::7]", "[::ffff:10.0.0.7]",
                             "[2002:a00:7::]", "224.0.0.1", "[ff02::1]"}) {
        const std::string of_host = R"("url":"http://)" + std::string(host) + R"(/_matrix/push/v1/notify")";
        const std::string line = "{" + own + body_with(key, "http", "{" + of_host + "}").substr(1);
        BOOST_TEST(parse(line).shown.find(of_host) != std::string::npos, host);
    }
}

BOOST_AUTO_TEST_CASE(whose_it_is_comes_back_to_the_letter) {
    const std::string body = body_with(key, "http", "{" + url + "}");
    check_round_trip(body, "@:h", "");
    check_round_trip(body, "@Zo\xc3\xab\"\\/ \x01:[::1]:8448", "D\"\\ \x7f\xc3\xab");
    check_round_trip(body, "@" + std::string(252, 'a') + ":h", std::string(255, 'd'));
}

BOOST_AUTO_TEST_CASE(whether_it_is_enabled_comes_back_and_stands_there_only_if_it_is_not) {
    const std::string body = body_with(key, "http", "{" + url + "}");
    for (const bool enabled : {true, false}) check_round_trip(body, "@a:h", "D", enabled);
    const std::string shown = shown_by(body);
    const registration on{.key = {}, .created = 1, .updated = 2, .kind = {}, .shown = shown};
    registration off = on;
    off.enabled = false;
    BOOST_TEST(line_of(on).find("enabled") == std::string::npos);
    BOOST_TEST(line_of(off).find(R"("updated_ts":2,"enabled":false,"app_id")") != std::string::npos);
    BOOST_TEST(parse("{" + own + R"("enabled":true,)" + body.substr(1)).enabled);
    BOOST_TEST(problem_with("{" + own + R"("enabled":0,)" + body.substr(1)) == "'enabled' must be true, false or null");
    BOOST_TEST(problem_with("{" + own + R"("org.matrix.msc3881.enabled":false,)" + body.substr(1)) ==
               "the key 'org.matrix.msc3881.enabled' is not one of an export");
}

BOOST_AUTO_TEST_CASE(any_time_comes_back) {
    for (const auto time : {std::numeric_limits<domain::timestamp>::min(), domain::timestamp{-1}, domain::timestamp{0},
                            std::numeric_limits<domain::timestamp>::max()}) {
        pusher_line pusher = parse("{" + own + body_with(key, "http", "{" + url + "}").substr(1));
        pusher.created = pusher.updated = time;
        std::string line = line_of(pusher.as_stored());
        line.pop_back();
        BOOST_TEST(parse(line).created == time);
        BOOST_TEST(parse(line).updated == time);
    }
}

BOOST_AUTO_TEST_CASE(order_of_keys_and_white_space_and_spelling_are_free) {
    const std::string shown = shown_by(body_with(key, "http", "{" + url + "}"));
    const pusher_line spelled = parse(R"( { "data" : { )" + url + R"( } , "lang":"\u0065n",)" + R"("kind":"http", )" +
                                      key + R"("device\u005fid":null,"profile_tag":null,)" +
                                      R"("app_display_name":"App","device_display_name":"Phone","updated_ts":2 ,)" +
                                      R"("created_ts" : 1,"user_id":"@\u0061:h"})");
    BOOST_TEST(spelled.shown == shown);
    BOOST_TEST(spelled.user_id == "@a:h");
    BOOST_TEST(spelled.device_id.empty());
    BOOST_TEST(spelled.created == 1);
    BOOST_TEST(spelled.updated == 2);
    BOOST_TEST((spelled.key == digest_of(domain::pusher_key{"org.example.app", "k"})));
}

BOOST_AUTO_TEST_CASE(what_no_set_could_have_stored_is_refused_in_its_words) {
    const auto with = [](const std::string& key_members, const std::string& kind, const std::string& data) {
        return problem_with("{" + own + body_with(key_members, kind, data).substr(1));
    };
    const std::string sound = "{" + url + "}";
    BOOST_TEST(with(key, "http", sound) == "none");
    BOOST_TEST(with(R"("app_id":"a","pushkey":")" + std::string(513, 'k') + "\",", "http", sound) ==
               "'pushkey' must have at most 512 bytes");
    BOOST_TEST(with(R"("app_id":"a","pushkey":"",)", "http", sound) == "'pushkey' must not be empty");
    BOOST_TEST(with(R"("app_id":")" + std::string(65, 'a') + R"(","pushkey":"k",)", "http", sound) ==
               "'app_id' must have at most 64 characters");
    BOOST_TEST(with(key, "smtp", sound) == R"('kind' must be "http", "email" or null)");
    BOOST_TEST(with(key, "http", "{}") == "Missing parameters: data.url");
    BOOST_TEST(with(key, "http", R"({"url":"https://h/"})").starts_with("'data.url' must have the path"));
    BOOST_TEST(with(key, "email", "{}") == R"('app_id' must be "m.email" for an email pusher)");
    BOOST_TEST(with(key, "http", "{" + url + R"(,"x":")" + std::string(16 * 1024, 'x') + "\"}") ==
               "'data' must have at most 16384 bytes");
    BOOST_TEST(with(key, "http", "{" + url + R"(,"a":1,"a":2})") == "The key 'a' stands twice in 'data'.");
}

BOOST_AUTO_TEST_CASE(what_is_no_pusher_is_refused) {
    BOOST_TEST(problem_with("nonsense").starts_with("the line is not JSON"));
    BOOST_TEST(problem_with("{\"user_id\":\"@\xff:h\"}").starts_with("the line is not JSON"));
    BOOST_TEST(problem_with(R"({"user_id":"@\ud800:h"})").starts_with("the line is not JSON"));
    BOOST_TEST(problem_with("[]") == "the line must be a JSON object.");
    const std::string rest = body_with(key, "http", "{" + url + "}").substr(1);
    BOOST_TEST(problem_with("{" + own + R"("kind":null,)" + key + R"("data":{}})") ==
               R"('kind' must be "http" or "email")");
    BOOST_TEST(problem_with("{" + rest) == "Missing parameters: user_id, created_ts, updated_ts");
    BOOST_TEST(problem_with(R"({"user_id":"@a:h","updated_ts":2,)" + rest) == "Missing parameters: created_ts");
    BOOST_TEST(problem_with("{" + own + R"("user_id":"@b:h",)" + rest) == "The key 'user_id' stands twice.");
    BOOST_TEST(problem_with("{" + own + R"("devcie_id":"D",)" + rest) == "the key 'devcie_id' is not one of an export");
    BOOST_TEST(problem_with("{" + own + R"("append":true,)" + rest) == "the key 'append' is not one of an export");
    BOOST_TEST(problem_with("{" + own + R"("a\nb":1,)" + rest) == "the key 'a\\x0ab' is not one of an export");
}

BOOST_AUTO_TEST_CASE(ids_that_are_none_or_would_break_lines_are_refused) {
    const std::string rest = R"(,"created_ts":1,"updated_ts":2,)" + body_with(key, "http", "{" + url + "}").substr(1);
    for (const char* user : {R"("alice")", R"("@alice")", R"("")", "1", "null", R"("@a\tb:h")", R"("@a\rb:h")",
                             R"("@a\nb:h")", R"("@a\u0000:h")"})
        BOOST_TEST(problem_with(R"({"user_id":)" + std::string(user) + rest).starts_with("'user_id' must be"), user);
    for (const char* device : {R"("")", "1", "[]", R"("D\tE")", R"("D\rE")", R"("D\nE")", R"("\u0000")"})
        BOOST_TEST(problem_with(R"({"user_id":"@a:h","device_id":)" + std::string(device) + rest)
                       .starts_with("'device_id' must have"),
                   device);
    BOOST_TEST(problem_with(R"({"user_id":"@a:h","device_id":")" + std::string(256, 'd') + '"' + rest) ==
               "'device_id' must have 1 to 255 bytes, without TAB, CR and LF");
}

BOOST_AUTO_TEST_CASE(times_that_are_no_whole_numbers_are_refused) {
    for (const char* time : {"1.0", "1e3", R"("1")", "null", "9223372036854775808", "-9223372036854775809"})
        BOOST_TEST(problem_with(R"({"user_id":"@a:h","updated_ts":2,"created_ts":)" + std::string(time) + "," +
                                body_with(key, "http", "{" + url + "}").substr(1)) ==
                       "'created_ts' must be a whole number of milliseconds",
                   time);
}

BOOST_AUTO_TEST_CASE(a_stored_pusher_that_shows_no_object_is_corrupt) {
    std::string line;
    BOOST_CHECK_THROW(append_pusher_line(line, "@a:h", {.key = {}, .created = 1, .updated = 1, .kind = {}}),
                      corrupt_record);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
