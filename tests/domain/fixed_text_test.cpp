// Text that needs no memory.

#include "domain/fixed_text.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>

namespace pusherd::domain {

BOOST_AUTO_TEST_SUITE(fixed_texts)

BOOST_AUTO_TEST_CASE(it_is_its_parts_one_after_another) {
    fixed_text<64> text{"one ", "", "two"};
    BOOST_TEST(text.view() == "one two");
    BOOST_TEST(text.append(" ").append_number(std::numeric_limits<std::uint64_t>::max()).view() ==
               "one two 18446744073709551615");
    BOOST_TEST(std::string(text.c_str()) == text.view());
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_left_out_and_it_still_ends) {
    fixed_text<5> text{"1234", "567"};
    BOOST_TEST(text.view() == "12345");
    BOOST_TEST(text.append("8").append_number(9).view() == "12345");
    BOOST_TEST(std::string(text.c_str()) == "12345");
}

BOOST_AUTO_TEST_CASE(an_empty_one_ends_at_once) {
    const fixed_text<5> text;
    BOOST_TEST(text.view().empty());
    BOOST_TEST(std::string(text.c_str()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
