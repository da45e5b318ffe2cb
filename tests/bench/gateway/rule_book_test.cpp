#include "bench/gateway/rule_book.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace pusherd::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::time_t new_years_eve_1999 = 946'684'799;

rule_book book_of(const std::vector<std::string>& rules, std::uint64_t seed = 1) {
    std::vector<rule> parsed;
    for (const std::string& each : rules) parsed.push_back(parse_rule(each));
    return {parsed, seed};
}

received_notification poke(std::vector<received_device> devices, std::string_view event_id = "$event") {
    return {.event_id = event_id,
            .room_id = {},
            .type = {},
            .sender = {},
            .text = {},
            .unread = {},
            .missed_calls = {},
            .devices = std::move(devices)};
}

received_notification poke(std::string_view pushkey) { return poke({{"app", pushkey}}); }

verdict decide(const std::string& only_rule, const received_notification& what = poke("key")) {
    return book_of({only_rule}).decide(what, new_years_eve_1999);
}

std::vector<unsigned> statuses(rule_book book, int times) {
    std::vector<unsigned> all;
    for (int i = 0; i < times; ++i) all.push_back(book.decide(poke("key"), 0).status);
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_rule_book)

BOOST_AUTO_TEST_CASE(without_a_rule_nothing_is_rejected) {
    const verdict said = book_of({}).decide(poke("key"), 0);
    BOOST_TEST(said.status == 200U);
    BOOST_TEST(said.body == R"({"rejected":[]})");
    BOOST_TEST((said.how == manner::whole));
    BOOST_TEST(said.delay.count() == 0);
    BOOST_TEST(describe(said) == "200");
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_fits_counts) {
    rule_book book = book_of({"pushkey=a*: status=500", "pushkey=*b: status=501", "all: status=502"});
    BOOST_TEST(book.decide(poke("ab"), 0).status == 500U);
    BOOST_TEST(book.decide(poke("bb"), 0).status == 501U);
    BOOST_TEST(book.decide(poke("bc"), 0).status == 502U);
}

BOOST_AUTO_TEST_CASE(key_and_app_are_of_the_same_device) {
    rule_book book = book_of({"pushkey=a app=x: status=500"});
    BOOST_TEST(book.decide(poke({{"x", "b"}, {"y", "a"}}), 0).status == 200U);
    BOOST_TEST(book.decide(poke({{"y", "a"}, {"x", "a"}}), 0).status == 500U);
}

BOOST_AUTO_TEST_CASE(events_are_told_from_counts) {
    rule_book book = book_of({"event=$a*: status=500", "event=?*: status=501"});
    BOOST_TEST(book.decide(poke({{"x", "k"}}, "$abc"), 0).status == 500U);
    BOOST_TEST(book.decide(poke({{"x", "k"}}, "$b"), 0).status == 501U);
    BOOST_TEST(book.decide(poke({{"x", "k"}}, ""), 0).status == 200U);
}

BOOST_AUTO_TEST_CASE(every_nth_and_the_first_n_are_counted) {
    using expected = std::vector<unsigned>;
    BOOST_TEST(statuses(book_of({"every=3: status=500"}), 7) == (expected{200, 200, 500, 200, 200, 500, 200}),
               boost::test_tools::per_element());
    BOOST_TEST(statuses(book_of({"first=2: status=503"}), 4) == (expected{503, 503, 200, 200}),
               boost::test_tools::per_element());
    // Those that the first rule takes do not come to the second.
    BOOST_TEST(statuses(book_of({"every=2: status=500", "every=2: status=501"}), 8) ==
                   (expected{200, 500, 501, 500, 200, 500, 501, 500}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_the_patterns_do_not_fit_is_not_counted) {
    rule_book book = book_of({"pushkey=a every=2: status=500"});
    BOOST_TEST(book.decide(poke("a"), 0).status == 200U);
    BOOST_TEST(book.decide(poke("b"), 0).status == 200U);
    BOOST_TEST(book.decide(poke("a"), 0).status == 500U);
}

BOOST_AUTO_TEST_CASE(a_share_is_about_that_large_and_the_same_again) {
    const auto once = statuses(book_of({"10%: status=500"}, 7), 10'000);
    const auto failures = std::count(once.begin(), once.end(), 500U);
    BOOST_TEST(failures > 800);
    BOOST_TEST(failures < 1200);
    BOOST_TEST((once == statuses(book_of({"10%: status=500"}, 7), 10'000)));
    BOOST_TEST((once != statuses(book_of({"10%: status=500"}, 8), 10'000)));
    BOOST_TEST((statuses(book_of({"100%: status=500"}), 100) == std::vector<unsigned>(100, 500)));
}

BOOST_AUTO_TEST_CASE(the_devices_that_fit_are_rejected_and_those_that_are_named) {
    const auto what = poke({{"x", "a1"}, {"x", "b"}, {"y", "a\"2"}});
    BOOST_TEST(decide("pushkey=a*: reject reject=other", what).body == R"({"rejected":["a1","a\"2","other"]})");
    BOOST_TEST(decide("pushkey=a* app=y: reject", what).body == R"({"rejected":["a\"2"]})");
    BOOST_TEST(decide("all: reject=other", what).body == R"({"rejected":["other"]})");
    BOOST_TEST(describe(decide("pushkey=a* app=x: reject", what)) == "200, rejected a1");
}

BOOST_AUTO_TEST_CASE(broken_bodies_are_as_broken_as_told) {
    BOOST_TEST(decide("all: no-rejected").body == "{}");
    BOOST_TEST(decide("all: rejected-broken").body == R"({"rejected":"all of them"})");
    const verdict large = decide("all: large=2 reject");
    BOOST_TEST(large.body.size() > 2048U);
    BOOST_TEST(large.body.find(R"({"rejected":["key"],"padding":"xxx)") == 0U);
    BOOST_TEST(large.body.ends_with("x\"}"));
}

BOOST_AUTO_TEST_CASE(errors_say_when_to_come_back) {
    const verdict seconds = decide("all: status=429 retry-after=5");
    BOOST_TEST(seconds.status == 429U);
    BOOST_TEST(seconds.fields == "Retry-After: 5\r\n");
    BOOST_TEST(seconds.body.find("\"errcode\":\"M_UNKNOWN\"") != std::string::npos);
    BOOST_TEST(describe(seconds) == "429, retry-after 5");
    BOOST_TEST(decide("all: status=503 retry-after-date=61").fields ==
               "Retry-After: Sat, 01 Jan 2000 00:01:00 GMT\r\n");
}

BOOST_AUTO_TEST_CASE(a_redirection_is_307_unless_told) {
    const verdict plain = decide("all: redirect=http://b.example/x");
    BOOST_TEST(plain.status == 307U);
    BOOST_TEST(plain.fields == "Location: http://b.example/x\r\n");
    BOOST_TEST(decide("all: redirect=/ status=301").status == 301U);
}

BOOST_AUTO_TEST_CASE(delays_lie_between_their_bounds) {
    BOOST_TEST((decide("all: delay=250ms").delay == 250ms));
    rule_book book = book_of({"all: delay=10ms..20ms"});
    std::vector<bool> seen(21);
    for (int i = 0; i < 1000; ++i) {
        const auto delay = book.decide(poke("key"), 0).delay.count();
        BOOST_TEST_REQUIRE(delay >= 10);
        BOOST_TEST_REQUIRE(delay <= 20);
        seen[static_cast<std::size_t>(delay)] = true;
    }
    BOOST_TEST((seen[10] && seen[20]));
    BOOST_TEST(describe(decide("all: status=503 delay=250ms")) == "503 after 250 ms");
}

BOOST_AUTO_TEST_CASE(who_says_nothing_says_so_here) {
    BOOST_TEST(describe(decide("all: close")) == "closed");
    BOOST_TEST(describe(decide("all: silent")) == "silent");
    BOOST_TEST(describe(decide("all: half")) == "half of a 200");
}

BOOST_AUTO_TEST_CASE(an_answer_is_written_out) {
    net::response_writer writer;
    std::string out;
    append_answer(out, writer, decide("all: status=429 retry-after=5"), false, true);
    BOOST_TEST(out.find("HTTP/1.1 429 Too Many Requests\r\n") == 0U);
    BOOST_TEST(out.find("\r\nRetry-After: 5\r\n") != std::string::npos);
    BOOST_TEST(out.find("\r\nConnection: close\r\n") != std::string::npos);
    BOOST_TEST(out.find("Access-Control") == std::string::npos);

    std::string whole;
    append_answer(whole, writer, decide("all: ok"), false, false);
    std::string half;
    append_answer(half, writer, decide("all: half"), false, false);
    BOOST_TEST(whole.ends_with("\r\nContent-Length: 15\r\n\r\n{\"rejected\":[]}"));
    BOOST_TEST(half == whole.substr(0, whole.size() - 8));

    std::string without_body;
    append_answer(without_body, writer, decide("all: status=204"), false, false);
    BOOST_TEST(without_body.ends_with("\r\n\r\n"));
    std::string half_head;
    append_answer(half_head, writer, decide("all: status=204 half"), false, false);
    BOOST_TEST(half_head.size() == without_body.size() / 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
