// The lines of a token file: `TOKEN<TAB>USER[<TAB>DEVICE]`.

#include "persistence/registry/token_import.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>

namespace pusherd::persistence {
namespace {

std::variant<token_file, import_problem> read(const std::string& text, std::string_view server_name = "") {
    std::istringstream in(text);
    return token_file::read(in, server_name);
}

// Whom each token of the text belongs to: `user device`.
std::map<domain::token_digest, std::string> owners_in(const std::string& text) {
    const auto file = read(text);
    std::map<domain::token_digest, std::string> owners;
    if (const auto* problem = std::get_if<import_problem>(&file))
        BOOST_ERROR("line " << problem->line << ": " << problem->what);
    else
        for (const auto& entry : std::get<token_file>(file).entries())
            owners[entry.token] = entry.user_id + ' ' + entry.device_id;
    return owners;
}

void check_problem(const std::string& text, std::uint64_t line, std::string_view server_name = "") {
    BOOST_TEST_CONTEXT(text.substr(0, 200)) {
        const auto file = read(text, server_name);
        const auto* problem = std::get_if<import_problem>(&file);
        BOOST_REQUIRE(problem != nullptr);
        BOOST_TEST(problem->line == line);
        BOOST_TEST(!problem->what.empty());
        BOOST_TEST(problem->what.find('\n') == std::string::npos);
        BOOST_TEST(problem->what.find("secret") == std::string::npos);
    }
}

const std::string longest_user = '@' + std::string(242, 'u') + ":example.org";

}  // namespace

BOOST_AUTO_TEST_SUITE(token_files)

BOOST_AUTO_TEST_CASE(lines_with_and_without_a_device_are_read) {
    const auto owners = owners_in("t1\t@a:h\tPHONE\nt2\t@b:h\n");
    BOOST_TEST(owners.size() == 2U);
    BOOST_TEST(owners.at(sha256("t1")) == "@a:h PHONE");
    BOOST_TEST(owners.at(sha256("t2")) == "@b:h ");
}

BOOST_AUTO_TEST_CASE(the_last_line_needs_no_end) {
    BOOST_TEST(owners_in("t1\t@a:h\tPHONE\nt2\t@b:h").size() == 2U);
    BOOST_TEST(owners_in("t1\t@a:h\tPHONE").at(sha256("t1")) == "@a:h PHONE");
}

BOOST_AUTO_TEST_CASE(lines_may_end_as_on_windows_and_be_empty) {
    const auto owners = owners_in("\r\n\nt1\t@a:h\tPHONE\r\n\r\n\nt2\t@b:h\r\n\n");
    BOOST_TEST(owners.size() == 2U);
    BOOST_TEST(owners.at(sha256("t1")) == "@a:h PHONE");
    BOOST_TEST(owners.at(sha256("t2")) == "@b:h ");
}

BOOST_AUTO_TEST_CASE(nothing_is_a_file_without_tokens) {
    BOOST_TEST(owners_in("").empty());
    BOOST_TEST(owners_in("\n\r\n\n").empty());
}

BOOST_AUTO_TEST_CASE(a_token_twice_for_the_same_user_counts_once_with_the_later_device) {
    const auto owners = owners_in("t\t@a:h\tPHONE\nx\t@a:h\nt\t@a:h\tTABLET\n");
    BOOST_TEST(owners.size() == 2U);
    BOOST_TEST(owners.at(sha256("t")) == "@a:h TABLET");
    BOOST_TEST(owners_in("t\t@a:h\tPHONE\nt\t@a:h\n").at(sha256("t")) == "@a:h ");
    const auto repeated = read("t\t@a:h\nt\t@a:h\nt\t@a:h\n");
    BOOST_TEST(std::get<token_file>(repeated).entries().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_twice_for_different_users_is_a_problem_of_the_later_line) {
    check_problem("secret\t@a:h\nother\t@a:h\nsecret\t@b:h\n", 3);
    check_problem("secret\t@a:h\n\n\nsecret\t@b:h\n", 4);
}

BOOST_AUTO_TEST_CASE(the_first_line_that_is_wrong_is_named) {
    check_problem("secret", 1);
    check_problem("secret\n", 1);
    check_problem("\nt\t@a:h\n\r\nsecret @a:h\n", 4);
    check_problem("t\t@a:h\nsecret\tnobody\nsecret\t@b:h\tD\tmore\n", 2);
}

BOOST_AUTO_TEST_CASE(a_token_that_no_header_can_carry_is_a_problem) {
    check_problem("\t@a:h\n", 1);
    check_problem("secret token\t@a:h\n", 1);
    check_problem("secret\r\t@a:h\n", 1);
    check_problem("secret\x7f\t@a:h\n", 1);
    check_problem("secr\xc3\xa9t\t@a:h\n", 1);
    check_problem(std::string("secret\0\t@a:h\n", 13), 1);
    check_problem("\xef\xbb\xbfsecret\t@a:h\n", 1);  // a byte order mark is no part of a token
    check_problem(std::string(5000, 's') + "\t@a:h\n", 1);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_a_problem_that_is_named) {
    std::istringstream in("\xEF\xBB\xBFtoken\t@alice:h\n");
    const auto read = token_file::read(in, {});
    const auto* problem = std::get_if<import_problem>(&read);
    BOOST_TEST_REQUIRE(problem != nullptr);
    BOOST_TEST(problem->line == 1U);
    BOOST_TEST(problem->what.find("byte order mark") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_user_that_is_no_user_id_is_a_problem) {
    for (const char* user : {"", "a", "a:h", "@a", "@:", "@a:", "@a: h", "@a:h ", " @a:h", "@a:h\r\r", "@a\xff:h"})
        check_problem("secret\t" + std::string(user) + "\nt\t@a:h\n", 1);
    check_problem("secret\t" + longest_user + "g\n", 1);
    check_problem("secret\t@a\rb:h\n", 1);
    check_problem(std::string("secret\t@a\0b:h\n", 14), 1);
}

BOOST_AUTO_TEST_CASE(a_device_that_is_no_device_id_is_a_problem) {
    check_problem("secret\t@a:h\t\n", 1);
    check_problem("secret\t@a:h\tD\t\n", 1);
    check_problem("secret\t@a:h\tD\tE\n", 1);
    check_problem("secret\t@a:h\tD\rE\n", 1);
    check_problem("secret\t@a:h\t" + std::string(256, 'd') + "\n", 1);
    check_problem("secret\t@a:h\t\xff\n", 1);
    check_problem(std::string("secret\t@a:h\tD\0E\n", 16), 1);
}

BOOST_AUTO_TEST_CASE(the_longest_ids_and_historical_ones_are_read) {
    BOOST_TEST(owners_in("t\t" + longest_user + '\t' + std::string(255, 'd')).at(sha256("t")) ==
               longest_user + ' ' + std::string(255, 'd'));
    for (const std::string user : {"@:h", "@a b:h", "@\xc3\xbc:h", "@A/=+:h.org:8448", "@a:[::1]:80"})
        BOOST_TEST(owners_in("t\t" + user + "\tD").at(sha256("t")) == user + " D");
}

BOOST_AUTO_TEST_CASE(with_a_server_name_the_users_of_others_are_a_problem) {
    check_problem("t\t@a:example.org\nsecret\t@a:example.com\n", 2, "example.org");
    check_problem("secret\t@a:sub.example.org\n", 1, "example.org");
    check_problem("secret\t@a:example.org:8448\n", 1, "example.org");
    BOOST_TEST(std::holds_alternative<token_file>(read("t\t@a:example.org\n", "example.org")));
    BOOST_TEST(std::holds_alternative<token_file>(read("t\t@a:example.com\n", "")));
}

BOOST_AUTO_TEST_CASE(the_entries_are_in_the_order_of_their_digests) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "t" + std::to_string(i) + "\t@a:h\n";
    const auto file = read(text);
    const auto& entries = std::get<token_file>(file).entries();
    BOOST_REQUIRE_EQUAL(entries.size(), 1000U);
    for (std::size_t i = 1; i < entries.size(); ++i) BOOST_REQUIRE(entries[i - 1].token < entries[i].token);
}

BOOST_AUTO_TEST_CASE(a_stream_that_fails_is_a_problem_of_no_line) {
    struct broken_buffer : std::streambuf {
        int_type underflow() override { throw std::runtime_error("the disk is broken"); }
    } buffer;
    std::istream in(&buffer);
    const auto file = token_file::read(in, "");
    BOOST_REQUIRE(std::holds_alternative<import_problem>(file));
    BOOST_TEST(std::get<import_problem>(file).line == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
