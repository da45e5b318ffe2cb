// How a pusher does, in a word.

#include "domain/pokes/pusher_health.hpp"

#include <boost/test/unit_test.hpp>

namespace pusherd::domain {

BOOST_AUTO_TEST_SUITE(conditions)

BOOST_AUTO_TEST_CASE(a_pusher_is_idle_until_something_has_come_through_or_failed) {
    pusher_health pusher;
    BOOST_TEST(to_string(condition_of(pusher)) == "idle");
    pusher.queued = 1;
    pusher.dropped = 1;
    pusher.failure.kind = failure_kind::status;
    BOOST_TEST(to_string(condition_of(pusher)) == "idle");
    pusher.last_success = 5;
    BOOST_TEST(to_string(condition_of(pusher)) == "ok");  // the failure is one of before
}

BOOST_AUTO_TEST_CASE(it_fails_until_something_comes_through_again) {
    pusher_health pusher;
    pusher.last_success = 5;
    pusher.failing_since = 6;
    for (const failure_kind each : {failure_kind::none, failure_kind::name, failure_kind::connection, failure_kind::tls,
                                    failure_kind::timeout, failure_kind::answer, failure_kind::status}) {
        pusher.failure.kind = each;
        BOOST_TEST(to_string(condition_of(pusher)) == "failing");
    }
    pusher.failure.kind = failure_kind::blocked;
    BOOST_TEST(to_string(condition_of(pusher)) == "blocked");
    pusher.failing_since = 0;
    BOOST_TEST(to_string(condition_of(pusher)) == "ok");
}

BOOST_AUTO_TEST_CASE(one_that_is_off_is_neither) {
    pusher_health pusher;
    pusher.enabled = false;
    pusher.failing_since = 6;
    pusher.failure.kind = failure_kind::blocked;
    BOOST_TEST(to_string(condition_of(pusher)) == "disabled");
}

BOOST_AUTO_TEST_CASE(each_kind_of_failure_has_a_name_of_its_own) {
    const char* const names[] = {"none", "name", "connection", "tls", "timeout", "answer", "status", "blocked"};
    for (std::uint8_t i = 0; i < 8; ++i) BOOST_TEST(to_string(static_cast<failure_kind>(i)) == names[i]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
