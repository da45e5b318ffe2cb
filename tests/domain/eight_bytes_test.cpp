#include "domain/eight_bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace pusherd::domain::eight_bytes {
namespace {

word word_of(const std::array<unsigned char, 8>& bytes) {
    word out = 0;
    std::memcpy(&out, bytes.data(), sizeof out);
    return out;
}

constexpr std::array<unsigned char, 4> limits{0x01, 0x20, 0x7f, 0x80};
constexpr std::array<unsigned char, 6> values{0x00, 0x22, 0x5c, 0x7f, 0x80, 0xff};

// Calls it with every pair of neighbours, in every place, among eight like bytes.
template <class Check>
void with_all_neighbours(Check check) {
    for (const int background : {0x00, 0x1f, 0x20, 0x41, 0x7f, 0x80, 0xff})
        for (std::size_t place = 0; place < 7; ++place)
            for (int pair = 0; pair < 0x10000; ++pair) {
                std::array<unsigned char, 8> bytes{};
                bytes.fill(static_cast<unsigned char>(background));
                bytes[place] = static_cast<unsigned char>(pair >> 8);
                bytes[place + 1] = static_cast<unsigned char>(pair & 0xff);
                check(bytes);
            }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(eight_bytes_at_once)

BOOST_AUTO_TEST_CASE(a_byte_below_the_limit_is_found_and_no_other) {
    std::size_t wrong = 0;
    with_all_neighbours([&](const std::array<unsigned char, 8>& bytes) {
        for (const unsigned char limit : limits) {
            const bool any = std::any_of(bytes.begin(), bytes.end(), [&](unsigned char c) { return c < limit; });
            wrong += any_below(word_of(bytes), limit) == any ? 0U : 1U;
        }
    });
    BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(a_byte_of_that_value_is_found_and_no_other) {
    std::size_t wrong = 0;
    with_all_neighbours([&](const std::array<unsigned char, 8>& bytes) {
        for (const unsigned char value : values) {
            const bool any = std::find(bytes.begin(), bytes.end(), value) != bytes.end();
            wrong += any_is(word_of(bytes), value) == any ? 0U : 1U;
        }
    });
    BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(the_first_special_byte_is_found_wherever_it_stands) {
    const auto any = [](word eight) { return any_is(eight, 'x'); };
    const auto is = [](unsigned char c) { return c == 'x'; };
    for (std::size_t size = 0; size < 40; ++size) {
        BOOST_TEST(find_special(std::string(size, 'a'), any, is) == size);
        for (std::size_t place = 0; place < size; ++place) {
            std::string text(size, 'a');
            text[place] = 'x';
            text.back() = 'x';
            BOOST_TEST(find_special(text, any, is) == place);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain::eight_bytes
