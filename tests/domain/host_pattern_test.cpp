#include "domain/host_pattern.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <string_view>

namespace pusherd::domain {
namespace {

bool matches(const char* pattern, const char* name) {
    const auto parsed = host_pattern::parse(pattern);
    BOOST_TEST_REQUIRE(parsed.has_value(), pattern);
    return parsed->matches(name);
}

// As one would explain it, however long it takes.
bool matches_by_definition(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern.front() == '*')
        return matches_by_definition(pattern.substr(1), name) ||
               (!name.empty() && matches_by_definition(pattern, name.substr(1)));
    return !name.empty() && (pattern.front() == '?' || pattern.front() == name.front()) &&
           matches_by_definition(pattern.substr(1), name.substr(1));
}

std::string random_text(std::mt19937& random, std::string_view characters) {
    std::string text;
    for (auto left = random() % 8; left > 0; --left) text += characters[random() % characters.size()];
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_patterns)

BOOST_AUTO_TEST_CASE(a_name_stands_for_itself_alone) {
    BOOST_TEST(matches("push.example.org", "push.example.org"));
    for (const char* other : {"", "example.org", "a.push.example.org", "push.example.org.evil", "xpush.example.org",
                              "push.example.or", "push-example.org", "pushxexample.org"})
        BOOST_TEST(!matches("push.example.org", other), other);
}

BOOST_AUTO_TEST_CASE(a_star_is_any_run_of_characters) {
    for (const char* name : {"a.example.org", "a.b.example.org", ".example.org", "a-b.example.org"})
        BOOST_TEST(matches("*.example.org", name), name);
    for (const char* name : {"example.org", "aexample.org", "a.example.orga", "a.example.org.evil"})
        BOOST_TEST(!matches("*.example.org", name), name);
    for (const char* name : {"", "a", "a.b", "10.0.0.7", "fd00::7"}) BOOST_TEST(matches("*", name), name);
    BOOST_TEST(matches("push*.example.*", "push.example.org"));
    BOOST_TEST(matches("push*.example.*", "push7.example.example.net"));
    BOOST_TEST(!matches("push*.example.*", "pusher.example"));
    BOOST_TEST(matches("**a**", "a"));
    BOOST_TEST(!matches("**a**", "b"));
}

BOOST_AUTO_TEST_CASE(a_question_mark_is_one_character) {
    BOOST_TEST(matches("push?.example.org", "push1.example.org"));
    BOOST_TEST(matches("push?.example.org", "push..example.org"));
    BOOST_TEST(!matches("push?.example.org", "push.example.org"));
    BOOST_TEST(!matches("push?.example.org", "push12.example.org"));
    BOOST_TEST(!matches("push.example.or?", "push.example.or"));
}

BOOST_AUTO_TEST_CASE(case_and_a_last_dot_make_no_other_pattern) {
    BOOST_TEST(matches("PUSH.Example.ORG.", "push.example.org"));
    BOOST_TEST((host_pattern::parse("PUSH.Example.ORG.") == host_pattern::parse("push.example.org")));
    BOOST_TEST((host_pattern::parse("push.example.org") != host_pattern::parse("push.example.net")));
    BOOST_TEST(in_lower_case("Push-1_A.Example\xc3\x84") == "push-1_a.example\xc3\x84");
    BOOST_TEST(without_last_dots("a.b..") == "a.b");
    BOOST_TEST(without_last_dots("...") == "");
}

BOOST_AUTO_TEST_CASE(it_matches_as_its_definition_says) {
    std::mt19937 random(20261129);  // NOLINT(bugprone-random-generator-seed): the same in every run
    int matching = 0;
    for (int i = 0; i < 100'000; ++i) {
        const std::string pattern = random_text(random, "ab.*?") + 'a';
        const std::string name = random_text(random, "ab.") + 'a';
        const bool expected = matches_by_definition(pattern, name);
        BOOST_TEST_REQUIRE(matches(pattern.c_str(), name.c_str()) == expected, pattern << " and " << name);
        matching += expected ? 1 : 0;
    }
    BOOST_TEST(matching > 5'000);
}

// Sixteen stars that all but match would keep a matcher that tries everything for longer than anybody waits.
BOOST_AUTO_TEST_CASE(many_stars_take_no_longer) {
    std::string pattern;
    for (int i = 0; i < 16; ++i) pattern += "*a";
    BOOST_TEST(!matches((pattern + "*b").c_str(), std::string(10'000, 'a').c_str()));
}

BOOST_AUTO_TEST_CASE(what_no_name_of_a_host_looks_like_is_no_pattern) {
    for (const char* text : {"",
                             ".",
                             "...",
                             "https://push.example.org",
                             "push.example.org:443",
                             "push.example.org/_matrix",
                             "u@h",
                             "[::1]",
                             "::1",
                             "a b",
                             " a",
                             "a,b",
                             "b\xc3\xbc"
                             "cher.example",
                             "a%41",
                             "a\n",
                             "10.0.0.7",
                             "127.1",
                             "*.7",
                             "256.1.1.1",
                             "7"})
        BOOST_TEST(!host_pattern::parse(text).has_value(), text);
    for (const char* text :
         {"a", "A", "localhost", "push_1.example.org", "xn--bcher-kva.example", "*", "?", "10.*", "1a"})
        BOOST_TEST(host_pattern::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_hosts_name_has_few_kinds_of_characters) {
    BOOST_TEST(is_host_name("Push-1_a.example.org"));
    for (const char* text : {"a/b", "a:1", "a b", "a@b", "a*", "a%20", "\xc3\xa9", "[a]", "a~"})
        BOOST_TEST(!is_host_name(text));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
