// How long the end of a session must be kept in mind: as long as somebody may still act on what was said before it.

#include "net/auth/authenticator.hpp"
#include "net/bounds.hpp"

#include <boost/test/unit_test.hpp>

namespace pusherd::net {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(longest_use)

// The head of a set is admitted by an answer that is stale, its body takes its time, and then its address is asked
// about.
BOOST_AUTO_TEST_CASE(a_set_that_takes_its_time_is_covered) {
    for (const std::size_t validators : {1U, 3U})
        BOOST_TEST((authenticator::longest_use({.cache = 2s, .stale = 4s}, 7s, validators) >
                    4s + 7s * static_cast<int>(validators) + bounds::body_timeout + 7s));
    BOOST_TEST((authenticator::longest_use({.cache = 60s, .stale = 0s}, 5s, 1) > 60s + bounds::body_timeout));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
