// What goes wrong with the peer when a test wants it to, and that it does so then alone.

#include "tests/support/stub_upstream.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

const std::string whoami = "/_matrix/client/v3/account/whoami";

struct stub_with_user {
    stub_upstream stub;
    stub_with_user() { stub.set_user("t", "@alice:example.org"); }

    [[nodiscard]] answer ask(const std::string& token = "t") const {
        return http_client(stub.port(), token).get(whoami);
    }

    /// A connection over which a question has gone that is not answered yet.
    [[nodiscard]] http_connection asking(const std::string& token = "t") const {
        http_connection connection(stub.port());
        connection.send(request("GET", whoami, token));
        return connection;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stub_faults, stub_with_user)

BOOST_AUTO_TEST_CASE(http_500_and_wrong_are_answers_that_are_none) {
    stub.set_fault({.kind = "http_500"});
    BOOST_TEST(ask().status == 500);
    stub.set_fault({.kind = "wrong"});
    BOOST_TEST(ask().status == 200);
    BOOST_CHECK_THROW((void)ask().json(), std::exception);
    stub.set_fault({.kind = "none"});
    BOOST_TEST(ask().json().at("user_id").as_string() == "@alice:example.org");
}

BOOST_AUTO_TEST_CASE(slow_answers_after_its_delay) {
    stub.set_fault({.kind = "slow", .delay = 300ms});
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(ask().status == 200);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 300ms));
}

BOOST_AUTO_TEST_CASE(held_answers_when_it_is_released_with_what_it_was_told_last) {
    stub.set_fault({.kind = "held"});
    http_connection first = asking();
    http_connection second = asking();
    (void)stub.wait_for_requests(2);
    stub.set_user("t", "@bob:example.org");
    BOOST_TEST(!first.is_readable_within(100ms));
    BOOST_TEST(!second.is_readable_within(0ms));
    stub.release();
    BOOST_TEST(first.read_answer().json().at("user_id").as_string() == "@bob:example.org");
    BOOST_TEST(second.read_answer().status == 200);
    BOOST_TEST(ask().status == 200);
}

BOOST_AUTO_TEST_CASE(who_goes_away_while_held_does_no_harm) {
    stub.set_fault({.kind = "held"});
    { const http_connection gone = asking(); }
    (void)stub.wait_for_requests(1);
    stub.release();
    BOOST_TEST(ask().status == 200);
}

BOOST_AUTO_TEST_CASE(half_an_answer_ends_in_the_middle_of_the_body) {
    stub.set_fault({.kind = "half_an_answer"});
    http_connection connection = asking();
    const answer head = connection.read_answer(true);
    BOOST_TEST(head.status == 200);
    BOOST_TEST(std::stoul(head.field("content-length")) > 2U);
    BOOST_TEST(connection.is_readable_within(10s));
    BOOST_CHECK_THROW((void)connection.read_answer(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(no_answer_is_none_and_the_connection_stays) {
    stub.set_fault({.kind = "no_answer"});
    http_connection connection = asking();
    (void)stub.wait_for_requests(1);
    BOOST_TEST(!connection.is_readable_within(100ms));
    stub.release();
    BOOST_TEST(!connection.is_readable_within(100ms));
}

BOOST_AUTO_TEST_CASE(a_reset_is_not_an_end) {
    stub.set_fault({.kind = "reset"});
    http_connection connection = asking();
    BOOST_CHECK_EXCEPTION((void)connection.read_answer(), std::system_error, [](const std::system_error& problem) {
        return problem.code() == std::errc::connection_reset;
    });
}

BOOST_AUTO_TEST_CASE(a_kept_connection_may_close_behind_an_answer) {
    stub.set_fault({.kind = "closes_after_answer"});
    http_connection connection = asking();
    const answer got = connection.read_answer();
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.field("connection") != "close");
    BOOST_TEST(connection.is_closed_within(10s));
}

BOOST_AUTO_TEST_CASE(a_kept_connection_may_close_when_it_is_used_again) {
    stub.set_fault({.kind = "closes_reused"});
    http_connection connection = asking();
    BOOST_TEST(connection.read_answer().status == 200);
    BOOST_TEST(!connection.is_readable_within(100ms));
    connection.send(request("GET", whoami, "t"));
    BOOST_TEST(connection.is_closed_within(10s));
    BOOST_TEST(stub.request_count() == 2U);
}

BOOST_AUTO_TEST_CASE(a_kept_connection_may_say_nothing_more) {
    stub.set_fault({.kind = "silent_reused"});
    http_connection connection = asking();
    BOOST_TEST(connection.read_answer().status == 200);
    connection.send(request("GET", whoami, "t"));
    BOOST_TEST(stub.wait_for_requests(2).size() == 2U);
    BOOST_TEST(!connection.is_readable_within(100ms));
    BOOST_TEST(asking().read_answer().status == 200);
}

BOOST_AUTO_TEST_CASE(kept_connections_close_on_demand_and_busy_ones_do_not) {
    http_connection kept = asking();
    BOOST_TEST(kept.read_answer().status == 200);
    stub.set_fault({.kind = "held"});
    http_connection busy = asking();
    (void)stub.wait_for_requests(2);
    BOOST_TEST(comes_true([&] { return stub.close_idle() >= 1U; }));
    BOOST_TEST(kept.is_closed_within(10s));
    BOOST_TEST(!busy.is_readable_within(0ms));
    stub.release();
    BOOST_TEST(busy.read_answer().status == 200);
}

BOOST_AUTO_TEST_CASE(a_fault_may_concern_so_many_requests_or_one_token) {
    stub.set_fault({.kind = "http_500", .times = 2});
    BOOST_TEST(ask().status == 500);
    BOOST_TEST(ask("unknown").status == 500);
    BOOST_TEST(ask().status == 200);
    stub.set_fault({.kind = "http_500", .times = 1, .token = "t"});
    BOOST_TEST(ask("unknown").status == 401);
    BOOST_TEST(ask().status == 500);
    BOOST_TEST(ask().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
