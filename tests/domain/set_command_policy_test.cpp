// What the operator forbids of a set that is good otherwise.

#include "tests/domain/set_body.hpp"

namespace pusherd::domain {
namespace {

using namespace testing;

body to_gateway(std::string_view host) {
    return http_body().with("data", R"({"url":"https://)" + std::string(host) + R"(/_matrix/push/v1/notify"})");
}

boost::test_tools::predicate_result passes(const body& request, const set_policy& policy) {
    const auto command = parse_set_command(request.text(), policy);
    boost::test_tools::predicate_result verdict(command.has_value());
    if (!command) verdict.message() << command.error().message;
    return verdict;
}

std::string refusal_of(const body& request, const set_policy& policy) {
    const auto command = parse_set_command(request.text(), policy);
    if (command) return "none";
    BOOST_CHECK(command.error().code == errc::invalid_param);
    return command.error().message;
}

const set_policy of_example_org{.gateways = {.hosts = {*parse_gateway_rule("*.example.org")}}};
const set_policy without_email{.email_pushers = email_policy::refuse};

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_policy)

BOOST_AUTO_TEST_CASE(a_gateway_in_a_forbidden_range_is_refused_by_default) {
    BOOST_TEST(is_refused(to_gateway("10.0.0.7"), errc::invalid_param,
                          "'data.url' points to 10.0.0.7, in the forbidden range 10.0.0.0/8 (the server's option "
                          "--gateway-allow-range 10.0.0.0/8 allows it)"));
    BOOST_TEST(is_refused(to_gateway("[::1]:8448"), errc::invalid_param, "::1/128"));
    BOOST_TEST(is_refused(to_gateway("localhost"), errc::invalid_param, "127.0.0.0/8"));
    BOOST_TEST(is_accepted(to_gateway("1.2.3.4")));
    BOOST_TEST(passes(to_gateway("10.0.0.7"), {.gateways = {.allow_ranges = {*parse_ip_range("10.0.0.7")}}}));
}

BOOST_AUTO_TEST_CASE(an_escape_in_json_hides_no_host) {
    BOOST_TEST(is_refused(to_gateway(R"(\u0031\u0030.0.0.7)"), errc::invalid_param, "10.0.0.0/8"));
}

BOOST_AUTO_TEST_CASE(hosts_that_are_not_listed_and_those_that_are_denied_are_refused) {
    BOOST_TEST(passes(to_gateway("push.example.org"), of_example_org));
    BOOST_TEST(refusal_of(to_gateway("push.example.net"), of_example_org).find("--gateway-hosts") != std::string::npos);
    const set_policy denying{.gateways = {.denied = {*parse_gateway_rule("*.example.org")}}};
    BOOST_TEST(passes(to_gateway("push.example.net"), denying));
    BOOST_TEST(refusal_of(to_gateway("push.example.org"), denying).find("--gateway-deny") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_url_comes_before_what_the_operator_says_of_its_host) {
    const auto with_url = [](const char* url) {
        return http_body().with("data", R"({"url":")" + std::string(url) + "\"}");
    };
    for (const char* url : {"http://10.0.0.7/_matrix/push/v1/notify", "https://10.0.0.7:0/_matrix/push/v1/notify",
                            "https://u@10.0.0.7/_matrix/push/v1/notify", "https://10.0.0.7/"})
        BOOST_TEST(is_refused(with_url(url), errc::invalid_param, "'data.url' must "), url);
    const set_policy insecure{.allow_insecure_gateways = true};
    BOOST_TEST(refusal_of(with_url("http://10.0.0.7/_matrix/push/v1/notify"), insecure).find("10.0.0.0/8") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_forbidden_host_comes_before_format_and_append) {
    BOOST_TEST(is_refused(to_gateway("10.0.0.7").with("append", "1"), errc::invalid_param, "10.0.0.0/8"));
}

BOOST_AUTO_TEST_CASE(email_pushers_can_be_refused) {
    BOOST_TEST(passes(email_body(), {}));
    BOOST_TEST(refusal_of(email_body(), without_email) ==
               "'kind' must not be \"email\" (the server's option --email-pushers refuses it)");
    BOOST_TEST(passes(http_body(), without_email));
    BOOST_TEST(refusal_of(email_body().with("pushkey", R"("x")"), without_email).starts_with("'pushkey'"));
    BOOST_TEST(refusal_of(email_body().with("append", "1"), without_email).starts_with("'kind'"));
}

BOOST_AUTO_TEST_CASE(an_email_pusher_has_no_gateway_to_be_forbidden) {
    const body with_url = email_body().with("data", R"({"url":"https://10.0.0.7/_matrix/push/v1/notify"})");
    BOOST_TEST(passes(with_url, of_example_org));
}

BOOST_AUTO_TEST_CASE(a_delete_is_never_refused_by_policy) {
    for (const auto* kind : {"null", R"("")"}) {
        BOOST_TEST(passes(to_gateway("10.0.0.7").with("kind", kind), of_example_org));
        BOOST_TEST(passes(email_body().with("kind", kind), without_email));
        BOOST_TEST(passes(removal_body().with("kind", kind), without_email));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
