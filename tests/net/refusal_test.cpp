// What a refusal is on the wire: status, errcode, and what goes with some of them.

#include "net/api/refusal.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::net {
namespace {

using namespace std::chrono_literals;
using domain::errc;

std::string status_and_errcode(const refusal& no) { return std::to_string(no.status) + ' ' + std::string(no.errcode); }

refusal of(errc code) { return to_refusal({code, "the text"}, "https://example.org/info"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(refusal_answers)

BOOST_AUTO_TEST_CASE(each_error_of_the_rules_has_its_status_and_errcode) {
    BOOST_TEST(status_and_errcode(of(errc::not_json)) == "400 M_NOT_JSON");
    BOOST_TEST(status_and_errcode(of(errc::bad_json)) == "400 M_BAD_JSON");
    BOOST_TEST(status_and_errcode(of(errc::missing_param)) == "400 M_MISSING_PARAM");
    BOOST_TEST(status_and_errcode(of(errc::invalid_param)) == "400 M_INVALID_PARAM");
    BOOST_TEST(status_and_errcode(of(errc::user_limit_exceeded)) == "400 M_USER_LIMIT_EXCEEDED");
    BOOST_TEST(status_and_errcode(of(errc::unknown_token)) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(status_and_errcode(of(errc::forbidden)) == "403 M_FORBIDDEN");
    BOOST_TEST(status_and_errcode(of(errc::queue_full)) == "429 M_LIMIT_EXCEEDED");
}

BOOST_AUTO_TEST_CASE(each_error_of_http_has_its_status_and_errcode) {
    BOOST_TEST(status_and_errcode(refusals::not_found()) == "404 M_UNRECOGNIZED");
    BOOST_TEST(status_and_errcode(refusals::method_not_allowed("GET")) == "405 M_UNRECOGNIZED");
    BOOST_TEST(status_and_errcode(refusals::body_too_large(5)) == "413 M_TOO_LARGE");
    BOOST_TEST(status_and_errcode(refusals::missing_token("why")) == "401 M_MISSING_TOKEN");
    BOOST_TEST(status_and_errcode(refusals::too_many_sets(1s)) == "429 M_LIMIT_EXCEEDED");
    BOOST_TEST(status_and_errcode(refusals::internal()) == "500 M_UNKNOWN");
    BOOST_TEST(status_and_errcode(refusals::not_called_by_mas()) == "403 M_FORBIDDEN");
    BOOST_TEST(status_and_errcode(refusals::not_relayed(1s)) == "503 M_UNKNOWN");
    BOOST_TEST(fields_of(refusals::not_relayed(5s)).starts_with("Retry-After: 5\r\n"));
    BOOST_TEST(refusals::malformed().status == 400U);
    BOOST_TEST(refusals::head_too_large().status == 431U);
    BOOST_TEST(refusals::too_slow().status == 408U);
    BOOST_TEST(refusals::too_many_connections().status == 503U);
}

BOOST_AUTO_TEST_CASE(the_body_is_an_error_object_with_its_text_escaped) {
    const refusal no = to_refusal({errc::invalid_param, "a \"b\" \\ \n \x01 ü"}, {});
    const auto body = boost::json::parse(body_of(no)).as_object();
    BOOST_TEST(body.size() == 2U);
    BOOST_TEST(body.at("errcode").as_string() == "M_INVALID_PARAM");
    BOOST_TEST(body.at("error").as_string() == "a \"b\" \\ \n \x01 ü");
    BOOST_TEST(fields_of(no) == "");
}

BOOST_AUTO_TEST_CASE(an_unknown_token_is_no_soft_logout) {
    const auto body = boost::json::parse(body_of(of(errc::unknown_token))).as_object();
    BOOST_TEST(body.at("soft_logout").as_bool() == false);
    BOOST_TEST(boost::json::parse(body_of(of(errc::forbidden))).as_object().contains("soft_logout") == false);
}

BOOST_AUTO_TEST_CASE(one_pusher_too_many_says_where_to_read_more) {
    const auto body = boost::json::parse(body_of(of(errc::user_limit_exceeded))).as_object();
    BOOST_TEST(body.at("info_uri").as_string() == "https://example.org/info");
    BOOST_TEST(!boost::json::parse(body_of(of(errc::invalid_param))).as_object().contains("info_uri"));
}

BOOST_AUTO_TEST_CASE(a_wait_is_told_in_milliseconds_and_in_whole_seconds_rounded_up) {
    struct wait {
        std::chrono::milliseconds time;
        std::string_view seconds;
    };
    for (const wait& each :
         {wait{1ms, "1"}, wait{999ms, "1"}, wait{1000ms, "1"}, wait{1001ms, "2"}, wait{59'999ms, "60"}}) {
        const refusal no = refusals::too_many_sets(each.time);
        const auto body = boost::json::parse(body_of(no)).as_object();
        BOOST_TEST(body.at("retry_after_ms").to_number<std::int64_t>() == each.time.count());
        BOOST_TEST(fields_of(no) == "Retry-After: " + std::string(each.seconds) +
                                        "\r\nAccess-Control-Expose-Headers: Pusherd-Outcome, Retry-After\r\n");
    }
}

BOOST_AUTO_TEST_CASE(a_method_that_is_not_allowed_says_which_are) {
    BOOST_TEST(fields_of(refusals::method_not_allowed("POST, OPTIONS")) == "Allow: POST, OPTIONS\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
