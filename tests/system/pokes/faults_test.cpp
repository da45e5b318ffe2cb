// What goes wrong between pusherd and a push gateway: nothing is lost, and the user can see what it is.

#include "tests/system/pokes/poking_server.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

struct faulty : poking_server {
    explicit faulty(const test_certificate::description& what = {}, bool is_vouched_for = true)
        : poking_server({}, what, is_vouched_for) {
        set("key");
    }

    std::string error_kind() { return health_of("key").at("last_error").at("kind").as_string().c_str(); }
    std::string error_text() { return health_of("key").at("last_error").at("text").as_string().c_str(); }

    void check_fails_by(std::string_view kind) {
        notify("$" + std::string(kind));
        wait_for_state("key", "failing");
        BOOST_TEST(error_kind() == kind, error_text());
        BOOST_TEST(!error_text().empty());
        BOOST_TEST(health_of("key").at("last_error").at("status").is_null());
    }
    void check_recovers() {
        wait_for_state("key", "ok");
        wait_until_sent("key");
    }
};

struct of_another_host : faulty {
    of_another_host() : faulty({.name = "another.example.org"}) {}
};
struct of_nobody : faulty {
    of_nobody() : faulty({}, false) {}
};
struct that_has_expired : faulty {
    that_has_expired() : faulty({.ends = std::chrono::seconds(-60)}) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(poke_faults)

BOOST_FIXTURE_TEST_CASE(a_gateway_that_is_gone_is_told_when_it_is_back, faulty) {
    stub().stop();
    check_fails_by("connection");
    stub().restart();
    check_recovers();
}

BOOST_FIXTURE_TEST_CASE(a_slow_one_is_waited_for, faulty) {
    stub().set_fault({.kind = "slow", .delay = 2s});
    notify("$1");
    check_recovers();
    BOOST_TEST(stub().request_count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(one_that_never_answers_is_given_up_and_tried_again, faulty) {
    stub().set_fault({.kind = "no_answer", .times = 1});
    check_fails_by("timeout");
    check_recovers();
}

BOOST_FIXTURE_TEST_CASE(half_an_answer_is_none, faulty) {
    stub().set_fault({.kind = "half_an_answer"});
    check_fails_by("connection");
    stub().release();
    check_recovers();
}

BOOST_FIXTURE_TEST_CASE(a_reset_is_no_answer, faulty) {
    stub().set_fault({.kind = "reset"});
    check_fails_by("connection");
    stub().release();
    check_recovers();
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_was_kept_too_long_is_replaced_without_a_failure, faulty) {
    notify("$1");
    wait_until_sent("key");
    stub().set_fault({.kind = "closes_reused"});
    notify("$2");
    wait_until_sent("key");
    BOOST_TEST(state_of("key") == "ok");
    BOOST_TEST(health_of("key").at("last_error").is_null());
}

BOOST_FIXTURE_TEST_CASE(a_certificate_that_nobody_vouches_for_is_not_trusted, of_nobody) {
    check_fails_by("tls");
    BOOST_TEST(stub().request_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_certificate_of_another_host_is_not_trusted, of_another_host) {
    check_fails_by("tls");
    BOOST_TEST(error_text().find("certificate") != std::string::npos, error_text());
    BOOST_TEST(stub().request_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_certificate_that_has_expired_is_not_trusted, that_has_expired) {
    check_fails_by("tls");
    BOOST_TEST(stub().request_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_name_that_nobody_knows_is_said_to_be_so, faulty) {
    set("key", {{"url", "https://gateway.invalid/_matrix/push/v1/notify"}});
    check_fails_by("name");
    set("key");
    check_recovers();
}

BOOST_FIXTURE_TEST_CASE(what_failed_before_a_restart_is_sent_after_it, faulty) {
    stub().set_push("key", {.status = 500});
    for (const char* event : {"$1", "$2", "$3"}) notify(event);
    wait_for_state("key", "failing");
    BOOST_TEST(server().stop().status == 0);
    stub().forget_requests();
    stub().forget("key");
    start();
    BOOST_TEST(state_of("key") != "gone");
    check_recovers();
    BOOST_TEST(events_in(stub().requests()) == "$1 $2 $3 ");
}

BOOST_FIXTURE_TEST_CASE(a_stop_waits_for_what_is_under_way, faulty) {
    stub().set_fault({.kind = "slow", .delay = 1s});
    notify("$1");
    stub().wait_for_requests(1);
    BOOST_TEST(server().stop().status == 0);
    start();
    BOOST_TEST(health_of("key").at("sent").to_number<int>() == 1);
    BOOST_TEST(stub().request_count() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
