// What the log shows of a request.

#include "net/api/request_line.hpp"

#include <boost/beast/http/verb.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::net {
namespace {

using namespace std::chrono_literals;

std::string line(std::string_view path, std::string_view query) {
    request_head head;
    head.method = boost::beast::http::verb::get;
    head.path = path;
    head.query = query;
    return line_of(head);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_lines)

BOOST_AUTO_TEST_CASE(a_query_is_shown_without_its_values) {
    BOOST_TEST(line("/pushers", "") == "GET /pushers");
    BOOST_TEST(line("/pushers", "access_token=secret") == "GET /pushers?access_token=");
    BOOST_TEST(line("/pushers", "a=1&access%5Ftoken=secret&b=") == "GET /pushers?a=&...=&b=");
    BOOST_TEST(line("/pushers", "a=b=secret&=secret") == "GET /pushers?a=&=");
}

// A token that has lost its name.
BOOST_AUTO_TEST_CASE(what_has_no_value_is_not_shown) {
    BOOST_TEST(line("/pushers", "secret") == "GET /pushers?...=");
    BOOST_TEST(line("/pushers", "a=&secret&b=") == "GET /pushers?a=&...=&b=");
    BOOST_TEST(line("/pushers", std::string(41, 's') + "=") == "GET /pushers?...=");
}

BOOST_AUTO_TEST_CASE(what_may_be_a_token_in_the_wrong_place_is_not_shown) {
    BOOST_TEST(line("/_matrix/client/v3/pushers%3Faccess_token=secret", "") == "GET /_matrix/client/v3/...");
    BOOST_TEST(line("/pushers&access_token=secret", "") == "GET /...");
    BOOST_TEST(line("/pushers;access_token=secret/set", "") == "GET /.../set");
    BOOST_TEST(line("/syt_YWxpY2U_kqPzXhBc", "") == "GET /...");
    BOOST_TEST(line("/abcdefghijklmnopq/", "") == "GET /.../");
    BOOST_TEST(line("*", "") == "GET ...");
    BOOST_TEST(line("/pushers", "c2VjcmV0=") == "GET /pushers?...=");
    BOOST_TEST(line("/_matrix/client/api/v1/pushers/set", "") == "GET /_matrix/client/api/v1/pushers/set");
}

BOOST_AUTO_TEST_CASE(what_is_long_is_cut_off) {
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "a=b&";
    BOOST_TEST(line('/' + std::string(5000, 'p'), many).size() < 400U);
    BOOST_TEST(line("/p", many).starts_with("GET /p?a=&a=&"));
}

BOOST_AUTO_TEST_CASE(an_answer_is_told_with_its_time) {
    BOOST_TEST(answered_line("GET /health", 200, 1234us).view() == "GET /health 200 in 1.234 ms");
    BOOST_TEST(answered_line("GET /health", 404, 7us).view() == "GET /health 404 in 0.007 ms");
    BOOST_TEST(answered_line("GET /health", 404, 2s).view() == "GET /health 404 in 2000.000 ms");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
