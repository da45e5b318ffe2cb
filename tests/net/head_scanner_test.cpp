// The bounds of a request's head, and what no head may contain.

#include "net/http/head_scanner.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace pusherd::net {
namespace {

using verdict = head_scanner::verdict;

std::string to_text(verdict what) {
    switch (what) {
        case verdict::need_more: return "need_more";
        case verdict::complete: return "complete";
        case verdict::malformed: return "malformed";
        case verdict::too_large: return "too_large";
        case verdict::too_many_fields: return "too_many_fields";
    }
    return "?";
}

std::string scan(std::string_view bytes) {
    head_scanner scanner;
    return to_text(scanner.scan(bytes));
}

// As it arrives on a slow line.
std::string scan_byte_by_byte(std::string_view bytes) {
    head_scanner scanner;
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const verdict now = scanner.scan(bytes.substr(0, size));
        if (now != verdict::need_more) return to_text(now);
    }
    return "need_more";
}

std::string head_of_size(std::size_t bytes) {
    const std::string begin = "GET / HTTP/1.1\r\nA: ";
    return begin + std::string(bytes - begin.size() - 4, 'a') + "\r\n\r\n";
}

std::string head_with_fields(std::size_t count) {
    std::string head = "GET / HTTP/1.1\r\n";
    for (std::size_t i = 0; i < count; ++i) head += "A: b\r\n";
    return head + "\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(head_scanners)

BOOST_AUTO_TEST_CASE(a_head_ends_with_its_empty_line_and_nothing_behind_it_is_looked_at) {
    head_scanner scanner;
    const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    BOOST_TEST(to_text(scanner.scan(head + std::string("\0\n\r\x7f", 4))) == "complete");
    BOOST_TEST(scanner.size() == head.size());
}

BOOST_AUTO_TEST_CASE(a_head_may_have_16384_bytes_and_not_one_more) {
    for (const auto& how : {scan, scan_byte_by_byte}) {
        BOOST_TEST(how(head_of_size(16384)) == "complete");
        BOOST_TEST(how(head_of_size(16385)) == "too_large");
        BOOST_TEST(how(head_of_size(16386)) == "too_large");
        BOOST_TEST(how(head_of_size(40000)) == "too_large");
        BOOST_TEST(how(std::string(16383, 'a')) == "need_more");
        BOOST_TEST(how(std::string(16384, 'a')) == "too_large");
    }
    BOOST_TEST(scan(head_of_size(16384) + "more that is behind it") == "complete");
}

BOOST_AUTO_TEST_CASE(a_head_may_have_100_fields_and_not_one_more) {
    for (const auto& how : {scan, scan_byte_by_byte}) {
        BOOST_TEST(how(head_with_fields(100)) == "complete");
        BOOST_TEST(how(head_with_fields(101)) == "too_many_fields");
    }
}

BOOST_AUTO_TEST_CASE(control_characters_but_the_tab_are_malformed_wherever_they_stand) {
    for (int code = 0; code < 256; ++code) {
        const char c = static_cast<char>(code);
        if (c == '\r') continue;
        const bool is_fine = code == '\t' || (code >= 0x20 && code != 0x7f);
        const std::string bytes = std::string("GET / HTTP/1.1\r\nA: b") + c + "c\r\n\r\n";
        BOOST_TEST_CONTEXT("byte " << code) BOOST_TEST(scan(bytes) == (is_fine ? "complete" : "malformed"));
    }
}

BOOST_AUTO_TEST_CASE(a_cr_without_lf_and_a_line_that_is_folded_are_malformed) {
    for (const auto& how : {scan, scan_byte_by_byte}) {
        BOOST_TEST(how("GET / HTTP/1.1\r\r\n") == "malformed");
        BOOST_TEST(how("GET / HTTP/1.1\rA: b") == "malformed");
        BOOST_TEST(how("GET / HTTP/1.1\r\nA: b\r\n c") == "malformed");
        BOOST_TEST(how("GET / HTTP/1.1\r\nA: b\r\n\tc") == "malformed");
        BOOST_TEST(how("GET / HTTP/1.1\r") == "need_more");
    }
}

BOOST_AUTO_TEST_CASE(a_reset_scanner_begins_anew) {
    head_scanner scanner;
    BOOST_TEST(to_text(scanner.scan("GET / HTTP/1.1\r\nA")) == "need_more");
    scanner.reset();
    BOOST_TEST(scanner.size() == 0U);
    BOOST_TEST(to_text(scanner.scan("\r\n")) == "complete");
}

// The scanner looks at eight bytes at once: whichever byte it is, wherever it stands, is seen.
BOOST_AUTO_TEST_CASE(every_byte_is_judged_at_every_place_of_a_word) {
    const std::string begin = "GET / HTTP/1.1\r\nA: ";
    for (std::size_t place = 0; place < 24; ++place)
        for (int byte = 0; byte < 256; ++byte) {
            std::string value(24, 'v');
            value[place] = static_cast<char>(byte);
            const bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
            const std::string expected = is_control ? "malformed" : "complete";
            BOOST_TEST_CONTEXT("byte " << byte << " at " << place) {
                BOOST_TEST(scan(begin + value + "\r\n\r\n") == expected);
                BOOST_TEST(scan_byte_by_byte(begin + value + "\r\n\r\n") == expected);
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
