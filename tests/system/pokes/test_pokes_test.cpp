// A poke that is sent to see whether it arrives: by the user, and by an operator.

#include "tests/system/pokes/poking_server.hpp"

#include <boost/json/serialize.hpp>

#include <string>

namespace pusherd::testing {
namespace {

namespace json = boost::json;

struct tests_of_pushers : poking_server {
    answer test(std::string_view pushkey) {
        return as_alice().post("/_pusherd/v1/pushers/test",
                               json::serialize(json::object{{"app_id", app}, {"pushkey", pushkey}}));
    }
    std::string verdict(std::string_view pushkey) {
        const answer got = test(pushkey);
        if (got.status != 200) return std::to_string(got.status) + ' ' + got.errcode();
        return got.json().at("verdict").as_string().c_str();
    }
    process_end run_test() {
        options command{"pusher", "test", alice};
        const options allowed = gateway().allowed();
        command.insert(command.end(), allowed.begin(), allowed.end());
        return folder().run(command);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_pokes, tests_of_pushers)

BOOST_AUTO_TEST_CASE(it_arrives_at_once_and_is_no_event_of_a_room) {
    set("key", {{"brand", "tea"}});
    const json::value got = test("key").json();
    BOOST_TEST(got.at("verdict").as_string() == "delivered");
    BOOST_TEST(got.at("status").to_number<int>() == 200);
    BOOST_TEST(got.at("took_ms").to_number<int>() >= 0);
    BOOST_TEST(got.at("error").is_null());
    const auto pokes = stub().wait_for_requests(1);
    BOOST_TEST(event_in(pokes.front()) == "$THIS_IS_A_FAKE_EVENT_ID");
    BOOST_TEST(pushkeys_in(pokes.front()) == "key ");
}

BOOST_AUTO_TEST_CASE(what_the_gateway_says_is_told) {
    set("key");
    stub().set_push("key", {.status = 502});
    const json::value got = test("key").json();
    BOOST_TEST(got.at("verdict").as_string() == "failed");
    BOOST_TEST(got.at("status").to_number<int>() == 502);
    BOOST_TEST(got.at("error").at("kind").as_string() == "status");
    BOOST_TEST(state_of("key") == "idle");
}

BOOST_AUTO_TEST_CASE(who_is_rejected_is_removed) {
    set("key");
    stub().set_push("key", {.body = R"({"rejected":["key"]})"});
    BOOST_TEST(verdict("key") == "rejected");
    wait_for_state("key", "gone");
    BOOST_TEST(tombstones().size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_that_may_not_be_reached_is_blocked) {
    set("key");
    BOOST_TEST(server().stop().status == 0);
    pusherd_server strict(folder().data());
    const answer got =
        strict.client(folder().issue(alice))
            .post("/_pusherd/v1/pushers/test", json::serialize(json::object{{"app_id", app}, {"pushkey", "key"}}));
    BOOST_TEST(got.json().at("verdict").as_string() == "blocked");
    const std::string text = got.json().at("error").at("text").as_string().c_str();
    BOOST_TEST(text.find("--gateway-allow-range") != std::string::npos, text);
    BOOST_TEST(stub().request_count() == 0U);
}

BOOST_AUTO_TEST_CASE(an_email_pusher_pokes_nobody_whatever_its_data_say) {
    const std::string url = stub().url() + "/any/path?x HTTP/1.1\r\nX-Evil: 1\r\n\r\n";
    const json::object body{{"kind", "email"},
                            {"app_id", "m.email"},
                            {"pushkey", "alice@example.org"},
                            {"app_display_name", "x"},
                            {"device_display_name", "y"},
                            {"lang", "en"},
                            {"data", json::object{{"url", url}}}};
    BOOST_TEST_REQUIRE(as_alice().set(json::serialize(body)).status == 200);
    const json::object key{{"app_id", "m.email"}, {"pushkey", "alice@example.org"}};
    BOOST_TEST(as_alice().post("/_pusherd/v1/pushers/test", json::serialize(key)).status == 404);
    BOOST_TEST(notify("$1") == 0U);
    BOOST_TEST(stub().request_count() == 0U);
}

BOOST_AUTO_TEST_CASE(faulty_requests_are_refused_by_what_is_wrong_with_them) {
    const auto post = [&](std::string_view body) {
        const answer got = as_alice().post("/_pusherd/v1/pushers/test", body);
        return std::to_string(got.status) + ' ' + got.errcode();
    };
    BOOST_TEST(post("") == "400 M_NOT_JSON");
    BOOST_TEST(post("[]") == "400 M_BAD_JSON");
    BOOST_TEST(post(R"({"app_id":"a"})") == "400 M_MISSING_PARAM");
    BOOST_TEST(post(R"({"app_id":"a","pushkey":1})") == "400 M_INVALID_PARAM");
    BOOST_TEST(verdict("unknown") == "404 M_NOT_FOUND");
}

BOOST_AUTO_TEST_CASE(it_is_rate_limited) {
    set("key");
    std::string last;
    for (int i = 0; i < 6; ++i) last = verdict("key");
    BOOST_TEST(last == "429 M_LIMIT_EXCEEDED");
}

BOOST_AUTO_TEST_CASE(an_operator_tests_beside_the_server_and_without_one) {
    set("one");
    set("two");
    for (const bool is_running : {true, false}) {
        if (!is_running) BOOST_TEST(server().stop().status == 0);
        const process_end done = run_test();
        BOOST_TEST(done.status == 0, done.err);
        BOOST_TEST(done.out.starts_with("delivered\t" + app + "\tone\tstatus 200\t"), done.out);
        BOOST_TEST(done.out.find("\ndelivered\t" + app + "\ttwo\t") != std::string::npos, done.out);
    }
    stub().set_push("two", {.status = 500});
    const process_end failed = run_test();
    BOOST_TEST(failed.status == 1);
    BOOST_TEST(failed.out.find("\nfailed\t" + app + "\ttwo\tstatus 500\t") != std::string::npos, failed.out);
}

BOOST_AUTO_TEST_CASE(an_operator_sees_how_pushers_do) {
    set("key");
    notify("$1");
    wait_until_sent("key");
    const std::string list = folder().print({"pusher", "list", alice});
    BOOST_TEST(list.starts_with("ok\t" + app + "\tkey\tqueued 0\tsent 1\tdropped 0\t"), list);
    BOOST_TEST(folder().print({"pusher", "list", "@nobody:example.org"}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
