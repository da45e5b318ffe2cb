#include "bench/gateway/rule.hpp"

#include "domain/glob.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::bench {
namespace {

using namespace std::chrono_literals;

std::string fault_of(std::string_view text) {
    try {
        static_cast<void>(parse_rule(text));
        return {};
    } catch (const bad_rule& problem) {
        return problem.what();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_rules)

BOOST_AUTO_TEST_CASE(a_pattern_stands_for_the_whole_text) {
    BOOST_TEST(domain::matches_glob("*", ""));
    BOOST_TEST(domain::matches_glob("", ""));
    BOOST_TEST(domain::matches_glob("a*c", "abbc"));
    BOOST_TEST(domain::matches_glob("*b*b", "abab"));
    BOOST_TEST(domain::matches_glob("a?c*", "abc"));
    BOOST_TEST(domain::matches_glob("*.example", "im.example"));
    BOOST_TEST(!domain::matches_glob("", "a"));
    BOOST_TEST(!domain::matches_glob("?", ""));
    BOOST_TEST(!domain::matches_glob("a", "ab"));
    BOOST_TEST(!domain::matches_glob("a*c", "abcd"));
    BOOST_TEST(!domain::matches_glob("a", std::string_view("a\0", 2)));
    BOOST_TEST(!domain::matches_glob("*b?", "ab"));
}

BOOST_AUTO_TEST_CASE(conditions_are_read) {
    const rule_condition when = parse_rule("pushkey=a* app=im.* event=$x:example.org first=3 every=2 10%: ok").when;
    BOOST_TEST(when.pushkey == "a*");
    BOOST_TEST(when.app == "im.*");
    BOOST_TEST(when.event == "$x:example.org");
    BOOST_TEST(when.first.value() == 3U);
    BOOST_TEST(when.every == 2U);
    BOOST_TEST(when.share == 0.1);

    const rule_condition all = parse_rule("  all :  ok ").when;
    BOOST_TEST(all.pushkey == "*");
    BOOST_TEST(all.app == "*");
    BOOST_TEST(all.event == "*");
    BOOST_TEST(!all.first.has_value());
    BOOST_TEST(all.every == 1U);
    BOOST_TEST(all.share == 1.0);
}

BOOST_AUTO_TEST_CASE(actions_are_read) {
    const rule_action slow = parse_rule("all: status=429 retry-after=5 delay=250ms..1.5s half").then;
    BOOST_TEST(slow.status.value() == 429U);
    BOOST_TEST(slow.retry_after == "5");
    BOOST_TEST((slow.shortest_delay == 250ms));
    BOOST_TEST((slow.longest_delay == 1500ms));
    BOOST_TEST((slow.how == manner::half));

    const rule_action rejecting = parse_rule("all: reject reject=one reject=two=2 large=3").then;
    BOOST_TEST(rejecting.rejects_devices);
    BOOST_TEST(rejecting.rejected.size() == 2U);
    BOOST_TEST(rejecting.rejected.back() == "two=2");
    BOOST_TEST((rejecting.body == answer_body::large));
    BOOST_TEST(rejecting.large_bytes == 3U * 1024);

    BOOST_TEST((parse_rule("all: delay=2m").then.longest_delay == 2min));
    BOOST_TEST((parse_rule("all: retry-after-date=60").then.retry_after_date.value() == 60s));
    BOOST_TEST(parse_rule("all: redirect=https://a.example/").then.location == "https://a.example/");
    BOOST_TEST((parse_rule("all: rejected-broken").then.body == answer_body::broken));
    BOOST_TEST((parse_rule("all: no-rejected").then.body == answer_body::no_array));
    BOOST_TEST((parse_rule("all: close delay=1s").then.how == manner::close));
    BOOST_TEST((parse_rule("all: silent").then.how == manner::silent));
}

BOOST_AUTO_TEST_CASE(what_is_no_rule_is_refused_and_what_is_wrong_is_named) {
    for (const char* text : {"",
                             " ",
                             "all",
                             "all:",
                             ": ok",
                             "all ok",
                             "every: ok",
                             "every=0: ok",
                             "every=x: ok",
                             "first=: ok",
                             "0%: ok",
                             "101%: ok",
                             "nan%: ok",
                             "-1%: ok",
                             "pushkey=: ok",
                             "all=1: ok",
                             "Pushkey=a: ok",
                             "all: status=199",
                             "all: status=600",
                             "all: status=20x",
                             "all: status",
                             "all: ok=1",
                             "all: retry-after=soon",
                             "all: delay=",
                             "all: delay=5",
                             "all: delay=-1s",
                             "all: delay=infs",
                             "all: delay=1s..",
                             "all: delay=2s..1s",
                             "all: delay=25h",
                             "all: reject=",
                             "all: reject=\xff",
                             "all: large=0",
                             "all: large=99999",
                             "all: close=1",
                             "all: sulk"})
        BOOST_TEST(!fault_of(text).empty(), text);
    BOOST_TEST(fault_of("all: sulk").find("'sulk'") == 0U);
    BOOST_TEST(fault_of("evry=3: ok").find("'evry=3'") == 0U);
    BOOST_TEST(fault_of("all: a\x1b").find("'a\\x1b'") == 0U);
}

BOOST_AUTO_TEST_CASE(what_does_not_go_together_is_refused) {
    for (const char* text :
         {"all: close half", "all: close silent", "all: close status=500", "all: silent reject", "all: silent delay=1s",
          "all: retry-after=1 retry-after-date=1", "all: redirect=/ status=200", "all: reject status=503",
          "all: reject redirect=/", "all: reject no-rejected", "all: large no-rejected", "all: large status=500"})
        BOOST_TEST(!fault_of(text).empty(), text);
    BOOST_TEST(fault_of("all: redirect=/ status=308").empty());
    BOOST_TEST(fault_of("all: reject status=202").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
