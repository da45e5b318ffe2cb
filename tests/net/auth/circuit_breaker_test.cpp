// Who does not answer is left alone, then asked by one.

#include "net/upstream/circuit_breaker.hpp"

#include <boost/test/unit_test.hpp>

namespace pusherd::net {
namespace {

struct breaker_at_noon {
    circuit_breaker breaker;
    clock::time_point noon{std::chrono::hours{1000}};

    void fail(unsigned times) {
        for (unsigned i = 0; i < times; ++i) breaker.note_failure(noon);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(breakers, breaker_at_noon)

BOOST_AUTO_TEST_CASE(a_few_failures_are_nothing_and_a_success_forgets_them) {
    fail(bounds::upstream_failures - 1);
    BOOST_TEST(breaker.lets_pass(noon));
    breaker.note_success();
    fail(bounds::upstream_failures - 1);
    BOOST_TEST(breaker.lets_pass(noon));
}

BOOST_AUTO_TEST_CASE(after_some_in_a_row_nothing_passes_for_a_while) {
    fail(bounds::upstream_failures);
    BOOST_TEST(breaker.is_open());
    BOOST_TEST(!breaker.lets_pass(noon));
    BOOST_TEST(!breaker.lets_pass(noon + bounds::upstream_pause - clock::duration{1}));
}

BOOST_AUTO_TEST_CASE(then_one_passes_and_decides_for_all) {
    fail(bounds::upstream_failures);
    const auto later = noon + bounds::upstream_pause;
    BOOST_TEST(breaker.lets_pass(later));
    BOOST_TEST(!breaker.lets_pass(later));
    breaker.note_failure(later);
    BOOST_TEST(!breaker.lets_pass(later + bounds::upstream_pause - clock::duration{1}));
    BOOST_TEST(breaker.lets_pass(later + bounds::upstream_pause));
    breaker.note_success();
    BOOST_TEST(!breaker.is_open());
    BOOST_TEST(breaker.lets_pass(later));
    BOOST_TEST(breaker.lets_pass(later));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
