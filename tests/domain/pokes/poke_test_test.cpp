// For which pusher somebody wants a poke for a test.

#include "domain/pokes/poke_test.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::domain {
namespace {

void check_refused(const std::string& body, errc code, std::string_view naming) {
    const auto read = parse_poke_test(body);
    BOOST_TEST_REQUIRE(!read.has_value(), body);
    BOOST_CHECK(read.error().code == code);
    BOOST_TEST(read.error().message.find(naming) != std::string::npos, read.error().message);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tests_of_pokes)

BOOST_AUTO_TEST_CASE(a_pusher_is_named_by_its_key) {
    const auto read = parse_poke_test(R"({"app_id":"org.example.app","pushkey":"k\u00e9y","kind":"http"})");
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(read->app_id == "org.example.app");
    BOOST_TEST(read->pushkey == "k\xc3\xa9y");
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
    check_refused("", errc::not_json, "");
    check_refused("{", errc::not_json, "");
    check_refused("[]", errc::bad_json, "");
    check_refused("{}", errc::missing_param, "Missing parameters: app_id, pushkey");
    check_refused(R"({"pushkey":"k"})", errc::missing_param, "Missing parameters: app_id");
    check_refused(R"({"app_id":"a"})", errc::missing_param, "Missing parameters: pushkey");
    check_refused(R"({"app_id":1,"pushkey":"k"})", errc::invalid_param, "'app_id' must be a string");
    check_refused(R"({"app_id":"a","pushkey":null})", errc::invalid_param, "'pushkey' must be a string");
    check_refused(R"({"app_id":")" + std::string(65, 'a') + R"(","pushkey":"k"})", errc::invalid_param, "app_id");
    check_refused(R"({"app_id":"a","pushkey":")" + std::string(513, 'k') + R"("})", errc::invalid_param, "pushkey");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
