// What a push gateway may answer, and what becomes of the poke then.

#include "tests/system/pokes/poking_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <ctime>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

namespace json = boost::json;

upstream_answer status(int code, std::map<std::string, std::string> fields = {}) {
    return {.status = code, .body = R"({"errcode":"M_UNKNOWN","error":"no"})", .fields = std::move(fields)};
}

std::string date_in(std::time_t seconds) {
    const std::time_t when = std::time(nullptr) + seconds;
    std::tm utc{};
    ::gmtime_r(&when, &utc);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

struct outcomes : poking_server {
    outcomes() { set("key"); }

    std::string kind_of_error() {
        const json::value error = health_of("key").at("last_error");
        return error.is_null() ? "none" : error.at("kind").as_string().c_str();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(poke_outcomes, outcomes)

BOOST_AUTO_TEST_CASE(any_2xx_is_a_delivery_whatever_its_type) {
    for (const int code : {200, 201, 202, 299}) {
        stub().set_push("key",
                        {.status = code, .body = R"({"rejected":[]})", .fields = {{"Content-Type", "text/html"}}});
        notify("$" + std::to_string(code));
        wait_until_sent("key");
    }
    BOOST_TEST(state_of("key") == "ok");
    BOOST_TEST(health_of("key").at("sent").to_number<int>() == 4);
    BOOST_TEST(kind_of_error() == "none");
}

BOOST_AUTO_TEST_CASE(without_a_list_of_the_rejected_it_is_delivered_and_noted) {
    for (const char* body : {"", "{}", "null", "[]", R"({"rejected":"key"})", R"({"rejected":[1]})", "<html>"}) {
        stub().set_push("key", {.body = body});
        notify("$" + std::string(body));
        wait_until_sent("key");
        BOOST_TEST(state_of("key") == "ok", body);
        BOOST_TEST(kind_of_error() == "answer", body);
    }
    stub().forget("key");
    notify("$well");
    wait_until_sent("key");
    BOOST_TEST(state_of("key") == "ok");
    BOOST_TEST(kind_of_error() == "answer");  // the last one that there was
}

BOOST_AUTO_TEST_CASE(a_long_answer_is_read_as_far_as_it_counts) {
    stub().set_push("key", {.body = R"({"rejected":[],"more":")" + std::string(1 << 19, 'x') + "\"}"});
    notify("$1");
    wait_until_sent("key");
    BOOST_TEST(state_of("key") == "ok");
    BOOST_TEST(kind_of_error() == "answer");
}

BOOST_AUTO_TEST_CASE(a_rejected_pushkey_removes_its_pusher_and_leaves_a_tombstone) {
    stub().set_push("key", {.body = R"({"rejected":["key"]})"});
    notify("$1");
    wait_for_state("key", "gone");
    BOOST_TEST(as_alice().get().body == R"({"pushers":[]})");
    const json::array left = tombstones();
    BOOST_TEST_REQUIRE(left.size() == 1U);
    BOOST_TEST(left[0].at("pushkey").as_string() == "key");
    BOOST_TEST(left[0].at("reason").as_string() == "rejected");
    BOOST_TEST(!left[0].at("likely_causes").as_array().empty());
    BOOST_TEST(left[0].at("removed_ts").to_number<std::int64_t>() > 1'700'000'000'000);
}

BOOST_AUTO_TEST_CASE(of_those_who_share_a_request_the_rejected_goes_alone) {
    set("other");
    stub().set_push("key", {.body = R"({"rejected":["other"]})"});
    notify("$1");
    wait_for_state("other", "gone");
    BOOST_TEST(state_of("key") == "ok");
}

BOOST_AUTO_TEST_CASE(foreign_and_unknown_pushkeys_are_nobodys) {
    set("elsewhere", {{"format", "event_id_only"}});  // in no request with the other
    stub().set_push("key", {.body = R"({"rejected":["elsewhere","unknown"]})"});
    notify("$1");
    wait_until_sent("key");
    wait_until_sent("elsewhere");
    BOOST_TEST(state_of("key") == "ok");
    BOOST_TEST(state_of("elsewhere") == "ok");
    BOOST_TEST(tombstones().empty());
}

BOOST_AUTO_TEST_CASE(a_pusher_that_was_set_again_meanwhile_stays) {
    for (const bool is_changed : {false, true}) {
        stub().set_push("key", {.body = R"({"rejected":["key"]})"});
        stub().set_fault({.kind = "held", .times = 1});
        stub().forget_requests();
        notify(is_changed ? "$changed" : "$unchanged");
        stub().wait_for_requests(1);
        set("key", {}, is_changed ? json::object{{"lang", "fr"}} : json::object{});
        stub().release();
        // It is told again, as the pusher that it is now, and that one is rejected.
        stub().wait_for_requests(2);
        wait_for_state("key", "gone");
        set("key");
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_tried_three_times_and_then_the_next_goes_out) {
    for (const int code : {400, 413, 422}) {
        stub().forget_requests();
        stub().set_push("key", status(code));
        notify("$bad" + std::to_string(code));
        notify("$next" + std::to_string(code));
        stub().wait_for_requests(3);
        BOOST_TEST_REQUIRE(comes_true([&] { return event_in(stub().requests().back())[1] == 'n'; }));
        stub().forget("key");
        wait_until_sent("key");
        std::size_t tries = 0;
        for (const auto& each : stub().requests()) tries += event_in(each)[1] == 'b' ? 1U : 0U;
        BOOST_TEST(tries == 3U, code);
    }
    BOOST_TEST(health_of("key").at("dropped").to_number<int>() == 3);
    BOOST_TEST(health_of("key").at("sent").to_number<int>() == 3);
}

BOOST_AUTO_TEST_CASE(everything_else_is_tried_again_until_it_comes_through) {
    for (const int code : {301, 302, 307, 308, 401, 403, 404, 405, 408, 410, 429, 500, 502, 503}) {
        stub().forget_requests();
        stub().set_push("key", status(code, {{"Location", "https://localhost/elsewhere"}}));
        notify("$" + std::to_string(code));
        wait_for_state("key", "failing");
        const json::value health = health_of("key");
        BOOST_TEST(health.at("last_error").at("kind").as_string() == "status");
        BOOST_TEST(health.at("last_error").at("status").to_number<int>() == code);
        BOOST_TEST(!health.at("failing_since_ts").is_null());
        stub().forget("key");
        wait_for_state("key", "ok");
        BOOST_TEST(health_of("key").at("failing_since_ts").is_null());
        for (const auto& each : stub().requests()) BOOST_TEST(each.target == "/_matrix/push/v1/notify", code);
    }
}

BOOST_AUTO_TEST_CASE(a_gateway_that_says_when_to_come_back_is_left_alone_until_then) {
    for (const bool is_date : {false, true}) {
        stub().forget_requests();
        stub().set_push("key", status(429, {{"Retry-After", is_date ? date_in(3) : "2"}}));
        const auto began = std::chrono::steady_clock::now();
        notify(is_date ? "$date" : "$seconds");
        stub().wait_for_requests(2);
        // Dates are in whole seconds.
        BOOST_TEST((std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(1900)));
        stub().forget("key");
        wait_for_state("key", "ok");
    }
}

BOOST_AUTO_TEST_CASE(what_is_behind_a_failure_waits_and_comes_in_its_order) {
    stub().set_push("key", status(500));
    for (const char* event : {"$1", "$2", "$3"}) notify(event);
    wait_for_state("key", "failing");
    stub().forget_requests();
    stub().forget("key");
    wait_until_sent("key");
    const std::string events = events_in(stub().requests());
    BOOST_TEST(events.ends_with("$1 $2 $3 "), events);
}

BOOST_AUTO_TEST_CASE(after_a_failure_those_who_shared_a_request_are_told_apart) {
    set("other");
    stub().set_push("key", status(500));
    notify("$1");
    const auto pokes = stub().wait_for_requests(3);
    BOOST_TEST(pushkeys_in(pokes[0]) == "key other ");
    for (std::size_t i = 1; i < pokes.size(); ++i)
        BOOST_TEST((pushkeys_in(pokes[i]) == "key " || pushkeys_in(pokes[i]) == "other "), pushkeys_in(pokes[i]));
    wait_for_state("other", "ok");
    BOOST_TEST(state_of("key") == "failing");
}

BOOST_AUTO_TEST_CASE(a_new_url_is_tried_at_once) {
    stub().set_push("key", status(404, {{"Retry-After", "3600"}}));
    notify("$1");
    wait_for_state("key", "failing");
    stub().forget("key");
    set("key", {{"url", gateway().url("127.0.0.1")}});
    wait_for_state("key", "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
