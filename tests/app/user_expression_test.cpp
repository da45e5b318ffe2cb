// Which users a regular expression of an application service's registration names.

#include "app/service/user_expression.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace pusherd::app {
namespace {

bool contains(const std::string& regex, const std::string& user_id) { return user_expression(regex)(user_id); }

}  // namespace

BOOST_AUTO_TEST_SUITE(user_expressions)

BOOST_AUTO_TEST_CASE(it_is_matched_from_the_beginning) {
    BOOST_TEST(contains("@_irc_.*:example\\.org", "@_irc_alice:example.org"));
    BOOST_TEST(!contains("@_irc_.*:example\\.org", "@alice:example.org"));
    BOOST_TEST(!contains("_irc_", "@_irc_alice:example.org"));
    BOOST_TEST(!contains("irc|alice", "@alice:example.org"));
    BOOST_TEST(contains("^@_irc_", "@_irc_alice:example.org"));
}

BOOST_AUTO_TEST_CASE(it_need_not_be_matched_to_the_end) {
    BOOST_TEST(contains("@bot", "@bot:example.org"));
    BOOST_TEST(contains("@bot", "@bother:example.org"));
    BOOST_TEST(contains("", "@anybody:example.org"));
    BOOST_TEST(!contains("@bot$", "@bot:example.org"));
    BOOST_TEST(!contains("@bot:example\\.org$", "@bot:example.org.invalid"));
    BOOST_TEST(!contains("@bot:.*", "@bo"));
}

BOOST_AUTO_TEST_CASE(it_is_an_expression_as_registrations_have_them) {
    BOOST_TEST(contains("@(telegram|signal)_[0-9]+:example\\.org", "@signal_15:example.org"));
    BOOST_TEST(!contains("@(telegram|signal)_[0-9]+:example\\.org", "@signal_x:example.org"));
    BOOST_TEST(contains("@(?:a|b)\\d{2,3}\\:", "@b12:example.org"));
    BOOST_TEST(contains("@[\\w.=/\\-]+?\\-bot:", "@x=2f.y/z-bot:example.org"));
    BOOST_TEST(contains("@(?!admin)\\S+:", "@alice:example.org"));
    BOOST_TEST(!contains("@(?!admin)\\S+:", "@admin:example.org"));
    BOOST_TEST(!contains("@Alice:", "@alice:example.org"));
    BOOST_TEST(!contains("@a.c:", "@abbc:example.org"));
}

BOOST_AUTO_TEST_CASE(bytes_of_historical_ids_are_matched) {
    BOOST_TEST(contains("@caf\xc3\xa9_.*", "@caf\xc3\xa9_x:example.org"));
    BOOST_TEST(contains("@.*:example\\.org", "@\xf0\x9f\x98\x80 \t:example.org"));
}

BOOST_AUTO_TEST_CASE(the_longest_id_is_matched) {
    const std::string longest = '@' + std::string(255 - 13, 'x') + ":example.org";
    BOOST_REQUIRE(longest.size() == 255U);
    BOOST_TEST(contains("@.*:example\\.org$", longest));
    BOOST_TEST(contains("@([a-z]|[x-z])*:example\\.org$", longest));
    BOOST_TEST(!contains("@.*:example\\.com$", longest));
}

BOOST_AUTO_TEST_CASE(it_knows_what_python_knows) {
    BOOST_TEST(contains("(?i)@ALICE:", "@alice:example.org"));
    BOOST_TEST(contains("\\A@(?P<name>a+)_(?P=name):", "@aa_aa:example.org"));
    BOOST_TEST(contains("@.*(?<=bot):", "@a-bot:example.org"));
    BOOST_TEST(contains("\\@\\_", "@_:example.org"));
}

// One character is one, however many bytes it has.
BOOST_AUTO_TEST_CASE(letters_are_those_of_unicode) {
    BOOST_TEST(contains("@caf.:", "@caf\xc3\xa9:example.org"));
    BOOST_TEST(contains("@\\w+:", "@caf\xc3\xa9:example.org"));
    BOOST_TEST(!contains("@.*:", "@caf\xc3:example.org"));
}

BOOST_AUTO_TEST_CASE(what_is_no_expression_is_refused) {
    for (const char* each : {"@(a", "@a)", "@[a", "*", "@[z-a]", "\\", "@(?Z)", "@\\y", "@\xff", "@\\C", "@a{,3}"})
        BOOST_CHECK_THROW(user_expression{each}, std::invalid_argument);
}

// Without a bound, the fate of the universe would be known first.
BOOST_AUTO_TEST_CASE(what_takes_too_long_names_nobody) {
    const std::string many = '@' + std::string(200, 'a');
    BOOST_TEST(!contains("@(a|aa)+b?[0-9]:", many + ":example.org"));
    BOOST_TEST(contains("@(a|aa)+b?[0-9]?:", many + ":example.org"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::app
