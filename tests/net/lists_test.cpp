// Contract section 3, "What a list shows", over the wire.

#include "tests/net/wire.hpp"

#include <boost/json/serialize.hpp>

#include <set>
#include <string>

namespace pusherd::testing {

BOOST_FIXTURE_TEST_SUITE(lists, running_server)

BOOST_AUTO_TEST_CASE(the_oldest_is_first_an_update_keeps_its_place_and_what_is_set_again_goes_last) {
    auto alice = client_of("@alice:example.org");
    auto bob = client_of("@bob:example.org");
    for (const char* key : {"c", "a", "d", "b"}) BOOST_TEST(alice.set(pusher_body("app", key)).status == 200);
    BOOST_TEST(pushkeys_of(alice.get()) == "c a d b ");
    BOOST_TEST(alice.set(pusher_body("app", "a", "de")).status == 200);
    BOOST_TEST(pushkeys_of(alice.get()) == "c a d b ");
    BOOST_TEST(alice.set(removal_body("app", "c")).status == 200);
    BOOST_TEST(alice.set(pusher_body("app", "c")).status == 200);
    BOOST_TEST(pushkeys_of(alice.get()) == "a d b c ");
    BOOST_TEST(bob.set(pusher_body("app", "d")).status == 200);
    BOOST_TEST(pushkeys_of(alice.get()) == "a b c ");
    BOOST_TEST(alice.set(pusher_body("app", "d")).status == 200);
    BOOST_TEST(pushkeys_of(alice.get()) == "a b c d ");
    BOOST_TEST(pushkeys_of(bob.get()) == "");
}

BOOST_AUTO_TEST_CASE(a_list_shows_one_users_pushers_alone_and_nothing_private) {
    auto alice = client(token("@alice:example.org", "PHONE"));
    auto bob = client_of("@bob:example.org");
    BOOST_TEST(bob.set(pusher_body("app", "of bob")).status == 200);
    BOOST_TEST(alice.set(pusher_body("app", "key", "en", true)).status == 200);
    const answer list = alice.get();
    const auto body = list.json();
    BOOST_TEST_REQUIRE(body.at("pushers").as_array().size() == 1U);
    std::set<std::string> keys;
    for (const auto& each : body.at("pushers").at(0).as_object()) keys.insert(std::string(each.key()));
    const std::set<std::string> expected{
        "pushkey", "kind",    "app_id",    "app_display_name",           "device_display_name",         "lang",
        "data",    "enabled", "device_id", "org.matrix.msc3881.enabled", "org.matrix.msc3881.device_id"};
    BOOST_TEST((keys == expected));
    BOOST_TEST(list.body.find("alice") == std::string::npos);
    BOOST_TEST(list.body.find("append") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(data_comes_back_to_the_letter_but_for_insignificant_whitespace) {
    auto alice = client_of("@alice:example.org");
    const std::string data =
        R"({"z":12345678901234567890123,"a":0.10,"m":1e400,"n":-0,"e":"\u00e9\/\ud83d\ude00é\n","default_payload":)"
        R"({"aps":{"mutable-content":1,"alert":{"loc-key":"SINGLE_UNREAD","loc-args":[]}}},"":null,)"
        R"("url":"https:\/\/push.example.org/_matrix/push/v1/notify","b":[true,false,null,[],{}]})";
    std::string spaced;
    for (const char c : data) {
        spaced += c;
        if (c == '{' || c == '[') spaced += " \t";
    }
    BOOST_TEST(
        alice
            .set(R"({"kind":"http","app_id":"app","pushkey":"key","app_display_name":"A","device_display_name":"D",)"
                 R"("lang":"en","data": )" +
                 spaced + " }")
            .status == 200);
    BOOST_TEST(alice.get().body.find("\"data\":" + data + ",\"enabled\":true,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_profile_tag_is_shown_if_it_was_given_and_goes_with_an_update_without_it) {
    auto alice = client_of("@alice:example.org");
    const auto with = [](const std::string& tag) {
        std::string body = pusher_body("app", "key");
        return body.insert(1, "\"profile_tag\":" + tag + ",");
    };
    const auto tag = [&]() -> std::string {
        const auto list = alice.get().json();
        const auto* found = list.at("pushers").at(0).as_object().if_contains("profile_tag");
        return found == nullptr ? "none" : std::string(found->as_string());
    };
    BOOST_TEST(alice.set(with("\"xyz\"")).status == 200);
    BOOST_TEST(tag() == "xyz");
    BOOST_TEST(alice.set(pusher_body("app", "key")).status == 200);
    BOOST_TEST(tag() == "none");
    BOOST_TEST(alice.set(with("\"\"")).status == 200);
    BOOST_TEST(tag() == "");
    BOOST_TEST(alice.set(with("null")).status == 200);
    BOOST_TEST(tag() == "none");
}

// MSC3881 as Element Web does it: it posts what is listed, with one of the two names changed.
BOOST_AUTO_TEST_CASE(a_web_client_switches_the_pusher_of_a_phone_off_and_on) {
    auto phone = client(token("@alice:example.org", "PHONE"));
    auto web = client(token("@alice:example.org", "WEB"));
    BOOST_TEST(phone.set(pusher_body("app", "key")).status == 200);
    const auto listed = [&] { return web.get().json().at("pushers").at(0).as_object(); };
    const auto check = [&](bool enabled) {
        const auto pusher = listed();
        for (const char* name : {"enabled", "org.matrix.msc3881.enabled"})
            BOOST_TEST(pusher.at(name).as_bool() == enabled);
        for (const char* name : {"device_id", "org.matrix.msc3881.device_id"})
            BOOST_TEST(pusher.at(name).as_string() == "PHONE");
    };
    check(true);
    for (const bool enabled : {false, true}) {
        auto pusher = listed();
        pusher["org.matrix.msc3881.enabled"] = enabled;
        const answer got = web.set(boost::json::serialize(pusher));
        BOOST_TEST(got.status == 200);
        BOOST_TEST(got.field("pusherd-outcome") == "updated");
        check(enabled);
    }
    BOOST_TEST(web.set(boost::json::serialize(listed())).field("pusherd-outcome") == "unchanged");
}

BOOST_AUTO_TEST_CASE(an_email_pusher_shows_no_device) {
    auto phone = client(token("@alice:example.org", "PHONE"));
    BOOST_TEST(phone
                   .set(R"({"kind":"email","app_id":"m.email","pushkey":"a@b","app_display_name":"A",)"
                        R"("device_display_name":"D","lang":"en","data":{}})")
                   .status == 200);
    const auto list = phone.get().json();
    for (const char* name : {"device_id", "org.matrix.msc3881.device_id"})
        BOOST_TEST(list.at("pushers").at(0).as_object().at(name).is_null());
}

BOOST_AUTO_TEST_CASE(a_long_list_arrives_whole) {
    auto alice = client_of("@alice:example.org");
    for (int i = 0; i < 15; ++i) {
        std::string body = pusher_body("app", "key" + std::to_string(i));
        body.insert(body.rfind("}}"), ",\"padding\":\"" + std::string(16'000, 'x') + '"');
        BOOST_TEST(alice.set(body).status == 200);
    }
    for (int i = 0; i < 3; ++i) {
        const answer list = alice.get();
        BOOST_TEST(list.body.size() > 15U * 16'000);
        BOOST_TEST(list.json().at("pushers").as_array().size() == 15U);
    }
}

BOOST_AUTO_TEST_CASE(a_restarted_server_lists_what_was_set) {
    const std::string alice = token("@alice:example.org");
    BOOST_TEST(client(alice).set(pusher_body("app", "key")).status == 200);
    const std::string before = client(alice).get().body;
    restart();
    BOOST_TEST(client(alice).get().body == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
