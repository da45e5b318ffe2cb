// Paths and queries, decoded once.

#include "net/api/percent_encoding.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::net {
namespace {

std::string parameters(std::string_view query) {
    std::string out;
    for (const auto& [name, value] : parameters_of(query)) out += name + " is " + value + "; ";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(percent_encoding)

BOOST_AUTO_TEST_CASE(what_is_encoded_is_decoded_once) {
    BOOST_TEST(percent_decoded("a%2Fb%2fc%252F%20+") == "a/b/c%2F +");
    BOOST_TEST(percent_decoded("%C3%A9%00") == std::string("\xc3\xa9\0", 3));
}

BOOST_AUTO_TEST_CASE(what_is_no_escape_stays) {
    for (const char* text : {"", "%", "%4", "%4g", "%g4", "%%", "100%"}) BOOST_TEST(percent_decoded(text) == text);
    BOOST_TEST(percent_decoded("%%41") == "%A");
}

BOOST_AUTO_TEST_CASE(parameters_are_taken_apart_before_they_are_decoded) {
    BOOST_TEST(parameters("a=1&b=%26%3D&c=d=e") == "a is 1; b is &=; c is d=e; ");
    BOOST_TEST(parameters("&&a&=b&%61=") ==
               "a is ; "
               " is b; a is ; ");
    BOOST_TEST(parameters("").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
