// The body of POST /_pusherd/v1/sessions/end.

#include "domain/session_end.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::domain {
namespace {

std::string problem_with(std::string_view body) {
    const auto ended = parse_session_end(body);
    return ended ? "none" : ended.error().message;
}

errc code_of(std::string_view body) { return parse_session_end(body).error().code; }

}  // namespace

BOOST_AUTO_TEST_SUITE(session_ends)

BOOST_AUTO_TEST_CASE(a_user_a_device_and_a_token_are_read) {
    const auto all = parse_session_end(R"({"user_id":"@a:h","device_id":"PHONE","access_token":"t","more":[1]})");
    BOOST_REQUIRE(all.has_value());
    BOOST_TEST(all->user_id == "@a:h");
    BOOST_TEST(all->device_id == "PHONE");
    BOOST_TEST(all->access_token == "t");
    const auto user = parse_session_end(R"({"user_id":"@\u0061:h"})");
    BOOST_REQUIRE(user.has_value());
    BOOST_TEST(user->user_id == "@a:h");
    BOOST_TEST(user->device_id.empty());
    BOOST_TEST(user->access_token.empty());
}

// Synapse's modules are told of a device id that is None, where one token has ended.
BOOST_AUTO_TEST_CASE(a_null_device_ends_no_more_than_a_token) {
    BOOST_TEST(problem_with(R"({"user_id":"@a:h","device_id":null})").starts_with("'device_id' must not be null"));
    const auto token = parse_session_end(R"({"user_id":"@a:h","device_id":null,"access_token":"t"})");
    BOOST_REQUIRE(token.has_value());
    BOOST_TEST(token->device_id.empty());
    BOOST_TEST(token->access_token == "t");
    BOOST_TEST(problem_with(R"({"user_id":"@a:h","device_id":null,"access_token":null})") != "none");
}

BOOST_AUTO_TEST_CASE(what_is_no_such_body_is_refused) {
    BOOST_CHECK(code_of("") == errc::not_json);
    BOOST_CHECK(code_of("[]") == errc::bad_json);
    BOOST_CHECK(code_of(R"({"user_id":"@a:h","user_id":"@b:h"})") == errc::bad_json);
    BOOST_CHECK(code_of("{}") == errc::missing_param);
    BOOST_TEST(problem_with("{}") == "Missing parameters: user_id");
    for (const std::string_view body :
         {R"({"user_id":null})", R"({"user_id":1})", R"({"user_id":"alice"})", R"({"user_id":""})",
          R"({"user_id":"@a:h","device_id":""})", R"({"user_id":"@a:h","device_id":1})",
          R"({"user_id":"@a:h","device_id":"\u0000"})", R"({"user_id":"@a:h","access_token":""})"})
        BOOST_TEST_CONTEXT(body) BOOST_CHECK(code_of(body) == errc::invalid_param);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
