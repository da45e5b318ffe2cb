// What is asked of an introspection endpoint, and what its answers mean.

#include "domain/validators/introspection_validator.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace pusherd::domain {
namespace {

const std::string api = "urn:matrix:client:api:*";
const std::string old_api = "urn:matrix:org.matrix.msc2967.client:api:*";
const std::string device = "urn:matrix:client:device:";
const std::string old_device = "urn:matrix:org.matrix.msc2967.client:device:";

validator_request question_by(const introspection_credentials& credentials, const std::string& token) {
    const introspection_validator validator("example.org", credentials);
    token_question question;
    question.token = token;
    return std::get<validator_request>(validator.ask(question));
}

std::string field(const validator_request& request, std::string_view name) {
    for (const auto& [each, value] : request.fields)
        if (each == name) return value;
    return "none";
}

// The user and the device; `unknown`; or `?` and why.
std::string said(const std::string& body, unsigned status = 200) {
    const auto verdict = introspection_validator("example.org", {"", "s"}).understand({status, body});
    if (const auto* valid = std::get_if<valid_token>(&verdict)) return valid->user_id + ' ' + valid->device_id;
    if (std::holds_alternative<unknown_token>(verdict)) return "unknown";
    return "? " + std::get<no_verdict>(verdict).why;
}

std::string active(const std::string& scope, const std::string& more = R"(,"username":"alice")") {
    return R"({"active":true,"scope":")" + scope + '"' + more + '}';
}

bool is_no_answer(const std::string& text) { return text.starts_with("? ") && text.size() > 2; }

}  // namespace

BOOST_AUTO_TEST_SUITE(introspection_validators)

BOOST_AUTO_TEST_CASE(the_question_is_a_form) {
    const auto asked = question_by({"", "shared"}, "a+b/c=&d \xC3\xBC");
    BOOST_TEST(asked.method == "POST");
    BOOST_TEST(asked.target == "");
    BOOST_TEST(asked.body == "token=a%2Bb%2Fc%3D%26d%20%C3%BC&token_type_hint=access_token");
    BOOST_TEST(field(asked, "Content-Type") == "application/x-www-form-urlencoded");
    BOOST_TEST(field(asked, "Accept") == "application/json");
    BOOST_TEST(field(asked, "X-MAS-Supports-Device-Id") == "1");
    BOOST_TEST(field(asked, "Authorization") == "Bearer shared");
}

// RFC 6749, 2.3.1: both are encoded before they are put together; RFC 7617, 2, has base64 of "Aladdin:open sesame".
BOOST_AUTO_TEST_CASE(a_client_proves_itself_by_basic) {
    BOOST_TEST(field(question_by({"Aladdin", "opensesame"}, "t"), "Authorization") == "Basic QWxhZGRpbjpvcGVuc2VzYW1l");
    BOOST_TEST(field(question_by({"a:b", "c d"}, "t"), "Authorization") == "Basic YSUzQWI6YyUyMGQ=");
}

BOOST_AUTO_TEST_CASE(a_user_has_the_servers_name_and_the_one_device) {
    BOOST_TEST(said(active(api)) == "@alice:example.org ");
    BOOST_TEST(said(active("openid " + old_api + " email")) == "@alice:example.org ");
    BOOST_TEST(said(active(api + ' ' + device + "PHONE")) == "@alice:example.org PHONE");
    BOOST_TEST(said(active(api + ' ' + device + "PHONE " + old_device + "PHONE")) == "@alice:example.org PHONE");
    BOOST_TEST(said(active(api, R"(,"username":"alice","device_id":"PHONE")")) == "@alice:example.org PHONE");
    BOOST_TEST(said(active(api + ' ' + old_device + "P", R"(,"username":"alice","device_id":"P")")) ==
               "@alice:example.org P");
    BOOST_TEST(said(active(api, R"(,"username":"alice","device_id":null)")) == "@alice:example.org ");
}

BOOST_AUTO_TEST_CASE(who_may_not_use_the_client_api_is_not_known) {
    for (const std::string& scope : {std::string(), std::string("openid"), api + 'x', "x" + api, device + "PHONE"})
        BOOST_TEST(said(active(scope)) == "unknown", scope);
    BOOST_TEST(said(R"({"active":false})") == "unknown");
    BOOST_TEST(said(R"({"active":true,"username":"alice"})") == "unknown");
}

BOOST_AUTO_TEST_CASE(what_does_not_say_who_it_is_is_no_answer) {
    for (const std::string& body :
         {active(api, ""), active(api, R"(,"username":7)"), active(api, R"(,"username":"a:b")"),
          active(api + ' ' + device + "A " + device + "B"), active(api + ' ' + device + "A " + old_device + "B"),
          active(api + ' ' + device + "A", R"(,"username":"alice","device_id":"B")"), active(api + ' ' + device),
          active(api, R"(,"username":"alice","device_id":")" + std::string(256, 'x') + '"'), std::string("{}"),
          std::string(R"({"active":"true"})"), std::string("[]"), std::string("no JSON"), std::string()})
        BOOST_TEST(is_no_answer(said(body)), body << " is " << said(body));
    for (const unsigned status : {201U, 302U, 400U, 401U, 403U, 404U, 429U, 500U})
        BOOST_TEST(is_no_answer(said(active(api), status)), status);
}

BOOST_AUTO_TEST_CASE(an_end_is_a_moment_however_it_is_written) {
    const auto end_of = [](const std::string& exp) {
        const auto verdict = introspection_validator("example.org", {"", "s"})
                                 .understand({200, active(api, R"(,"username":"alice","exp":)" + exp)});
        const auto until = std::get<valid_token>(verdict).until;
        return until ? until->time_since_epoch().count() : -1;
    };
    BOOST_TEST(end_of("1795768592") == 1795768592);
    BOOST_TEST(end_of("1795768592.5") == 1795768592);
    BOOST_TEST(end_of("-5") == 0);
    BOOST_TEST(end_of("1e300") > 1795768592);
    BOOST_TEST(end_of("null") == -1);
    BOOST_TEST(end_of("\"soon\"") == -1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
