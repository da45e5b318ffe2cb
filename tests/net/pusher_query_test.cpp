// The query of an administrator's request.

#include "net/api/pusher_query.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::net {
namespace {

std::string problem_with(std::string_view query, bool is_removal = false) {
    const auto read = read_pusher_query(query, is_removal);
    return read ? "none" : read.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pusher_queries)

BOOST_AUTO_TEST_CASE(every_parameter_is_read) {
    const auto read = read_pusher_query(
        "user_id=%40a:h&app_id=app&pushkey=https%3A%2F%2Fup%2F%3Fa%2Bb&gateway_host=Push.Example.ORG&device_id=D&"
        "limit=7&from=3-40613a68",
        false);
    BOOST_REQUIRE(read.has_value());
    BOOST_CHECK(read->filter.user_id == "@a:h");
    BOOST_CHECK(read->filter.app_id == "app");
    BOOST_CHECK(read->filter.pushkey == "https://up/?a+b");
    BOOST_CHECK(read->filter.gateway_host == "push.example.org");
    BOOST_CHECK(read->filter.device_id == "D");
    BOOST_TEST(read->limit == 7U);
    BOOST_CHECK((read->from == domain::search_position{"@a:h", 3}));
}

BOOST_AUTO_TEST_CASE(nothing_means_the_first_hundred_of_all) {
    const auto read = read_pusher_query("", false);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->filter.is_empty());
    BOOST_TEST(read->limit == 100U);
    BOOST_CHECK(read->from == domain::search_position{});
}

BOOST_AUTO_TEST_CASE(a_position_comes_back) {
    for (const std::string& user : {std::string("@a:h"), std::string("@\xc3\xa9\x01/%&:h")})
        for (const std::uint32_t pusher : {0U, 1U, 4'294'967'295U}) {
            const auto read = read_pusher_query("from=" + to_text({user, pusher}), false);
            BOOST_REQUIRE(read.has_value());
            BOOST_CHECK((read->from == domain::search_position{user, pusher}));
        }
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_refused_and_named) {
    BOOST_TEST(problem_with("app=x") == "'app' is no parameter of this request");
    BOOST_TEST(problem_with("dry_run=true") == "'dry_run' is no parameter of this request");
    BOOST_TEST(problem_with("app_id=x&app_id=x") == "'app_id' stands twice");
    BOOST_TEST(problem_with("a%0Ab=1") == "'a\\x0ab' is no parameter of this request");
    BOOST_TEST(problem_with("user_id=alice") == "'user_id' must be @localpart:domain");
    BOOST_TEST(problem_with("app_id=") == "'app_id' must not be empty");
    BOOST_TEST(problem_with("app_id=%ff") == "'app_id' must be UTF-8");
    for (const char* host : {"push.example.org:8448", "[2001:db8::1]", "https://push.example.org", "a/b"})
        BOOST_TEST(problem_with(std::string("gateway_host=") + host) ==
                   "'gateway_host' must be a host, without port and brackets");
    BOOST_TEST(problem_with("gateway_host=2001:db8::1") == "none");
    for (const char* limit : {"", "0", "-1", "1001", "1e2", "10x", "99999999999999999999"})
        BOOST_TEST(problem_with(std::string("limit=") + limit) == "'limit' must be a number of 1 to 1000");
    for (const char* from :
         {"", "0", "-", "0-", "0-4", "0-zz", "x-40613a68", "-1-40613a68", "0-61", "4294967296-40613a68"})
        BOOST_TEST_CONTEXT(from)
    BOOST_TEST(problem_with(std::string("from=") + from) == "'from' must be the next_batch of an answer");
}

BOOST_AUTO_TEST_CASE(a_removal_is_dry_unless_it_says_otherwise_and_wants_a_filter) {
    BOOST_TEST(read_pusher_query("app_id=x", true)->dry_run);
    BOOST_TEST(read_pusher_query("app_id=x&dry_run=true", true)->dry_run);
    BOOST_TEST(!read_pusher_query("app_id=x&dry_run=false", true)->dry_run);
    BOOST_TEST(problem_with("app_id=x&dry_run=no", true) == "'dry_run' must be true or false");
    BOOST_TEST(problem_with("dry_run=false", true).starts_with("A removal wants to know which pushers"));
    BOOST_TEST(problem_with("limit=1", true).starts_with("A removal wants to know which pushers"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
