// What becomes of a poke, and when it is sent again.

#include "domain/pokes/delivery.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::domain {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr timestamp now = 1'764'230'400'000;  // Thu, 27 Nov 2025 08:00:00 GMT

std::optional<seconds> wished(unsigned status, const std::string& retry_after) {
    const auto outcome = outcome_of(status, retry_after, "", now);
    const auto* again = std::get_if<to_be_retried>(&outcome);
    BOOST_TEST_REQUIRE(again != nullptr, status);
    return again->after;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(deliveries)

BOOST_AUTO_TEST_CASE(a_2xx_is_delivered_whatever_it_says) {
    for (const unsigned status : {200U, 201U, 204U, 299U})
        for (const char* body : {R"({"rejected":["key"]})", "", "OK", "{}", R"({"rejected":"key"})"}) {
            const auto outcome = outcome_of(status, "", body, now);
            const auto* done = std::get_if<delivered>(&outcome);
            BOOST_TEST_REQUIRE(done != nullptr, status << body);
            const bool is_sound = std::string(body).starts_with(R"({"rejected":[)");
            BOOST_TEST(done->is_sound == is_sound, body);
            BOOST_TEST(done->rejected.size() == (is_sound ? 1U : 0U), body);
        }
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_the_notifications_fault) {
    for (const unsigned status : {400U, 413U, 422U})
        BOOST_TEST(std::holds_alternative<not_understood>(outcome_of(status, "5", "", now)), status);
}

BOOST_AUTO_TEST_CASE(everything_else_is_sent_again) {
    for (const unsigned status : {100U, 301U, 302U, 307U, 308U, 401U, 403U, 404U, 405U, 408U, 429U, 500U, 502U, 503U})
        BOOST_TEST(!wished(status, "").has_value(), status);
}

BOOST_AUTO_TEST_CASE(a_gateway_may_say_when) {
    BOOST_TEST((wished(429, "7") == seconds(7)));
    BOOST_TEST((wished(503, "0") == seconds(0)));
    BOOST_TEST((wished(503, "86400") == seconds(3600)));
    BOOST_TEST((wished(503, "99999999999999999999") == seconds(3600)));
    BOOST_TEST((wished(503, "Thu, 27 Nov 2025 08:01:30 GMT") == seconds(90)));
    BOOST_TEST((wished(503, "Thu, 27 Nov 2025 07:00:00 GMT") == seconds(0)));
    BOOST_TEST((wished(503, "Fri, 28 Nov 2025 08:00:00 GMT") == seconds(3600)));
    for (const char* each : {"-1", "1.5", "soon", " 7", "7 ", "Thu, 27 Nov 2025 08:01:30", "2025-11-27"})
        BOOST_TEST(!wished(503, each).has_value(), each);
}

BOOST_AUTO_TEST_CASE(pauses_double_up_to_an_hour_by_chance) {
    BOOST_TEST(pause_after(1, {}, 1.0).count() == 1000);
    BOOST_TEST(pause_after(2, {}, 1.0).count() == 2000);
    BOOST_TEST(pause_after(12, {}, 1.0).count() == 2'048'000);
    BOOST_TEST(pause_after(13, {}, 1.0).count() == 3'600'000);
    BOOST_TEST(pause_after(4'000'000'000U, {}, 1.0).count() == 3'600'000);
    BOOST_TEST(pause_after(3, {}, 0.5).count() == 2000);
    BOOST_TEST(pause_after(3, {}, 0.0).count() == 0);
    BOOST_TEST(pause_after(3, seconds(30), 0.5).count() == 30'000);
    BOOST_TEST(pause_after(13, seconds(30), 0.5).count() == 1'800'000);
    BOOST_TEST(pause_after(1, seconds(86'400), 0.5).count() == 3'600'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
