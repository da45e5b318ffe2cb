// The examples of the API as the user gave it (seed/pusher.yaml), as they stand.

#include "tests/net/wire.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>

namespace pusherd::testing {
namespace {

constexpr const char* request_of_the_seed = R"({
                "lang": "en",
                "kind": "http",
                "app_display_name": "Mat Rix",
                "device_display_name": "iPhone 9",
                "profile_tag": "xxyyzz",
                "app_id": "com.example.app.ios",
                "pushkey": "APA91bHPRgkF3JUikC4ENAHEeMrd41Zxv3hVZjC9KtT8OvPVGJ-hQMRKRrZuJAEcl7B338qju59zJMjw2DELjzEvxwYv7hH5Ynpc1ODQ0aT4U4OFEeco8ohsN5PjL1iC2dNtk2BAokeMCg2ZXKqpc8FXKmhX94kIxQ",
                "data": {
                  "url": "https://push-gateway.location.here/_matrix/push/v1/notify",
                  "format": "event_id_only"
                },
                "append": false
              })";

constexpr const char* list_of_the_seed = R"({
                    "pushers": [
                      {
                        "pushkey": "Xp/MzCt8/9DcSNE9cuiaoT5Ac55job3TdLSSmtmYl4A=",
                        "kind": "http",
                        "app_id": "face.mcapp.appy.prod",
                        "app_display_name": "Appy McAppface",
                        "device_display_name": "Alice's Phone",
                        "profile_tag": "xyz",
                        "lang": "en-US",
                        "data": {
                          "url": "https://example.com/_matrix/push/v1/notify"
                        }
                      }
                    ]
                  })";

// What extensions add to a list, under names of their own.
void add_state(boost::json::object& pusher) {
    pusher["enabled"] = pusher["org.matrix.msc3881.enabled"] = true;
    pusher["device_id"] = pusher["org.matrix.msc3881.device_id"] = nullptr;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(seed_examples, running_server)

BOOST_AUTO_TEST_CASE(the_request_of_the_seed_is_answered_as_the_seed_says) {
    auto alice = client_of("@alice:example.org");
    const answer got = alice.set(request_of_the_seed);
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.body == "{}");
    auto expected = boost::json::parse(request_of_the_seed).as_object();
    expected.erase("append");
    add_state(expected);
    const auto listed = alice.get().json();
    BOOST_TEST_REQUIRE(listed.at("pushers").as_array().size() == 1U);
    BOOST_TEST((listed.at("pushers").at(0) == expected));
}

BOOST_AUTO_TEST_CASE(the_list_of_the_seed_is_what_a_set_of_its_pusher_lists) {
    auto alice = client_of("@alice:example.org");
    auto expected = boost::json::parse(list_of_the_seed).as_object();
    auto& listed = expected.at("pushers").at(0).as_object();
    const std::string pusher = boost::json::serialize(listed);
    BOOST_TEST(alice.set(pusher).status == 200);
    add_state(listed);
    BOOST_TEST((alice.get().json() == expected));
}

BOOST_AUTO_TEST_CASE(the_error_of_the_seed_has_its_exact_text) {
    const answer got =
        client_of("@alice:example.org")
            .set(R"({"kind":"http","app_id":"a","pushkey":"k","app_display_name":"A","device_display_name":"D"})");
    BOOST_TEST(got.status == 400);
    BOOST_TEST((got.json() ==
                boost::json::parse(R"({"error":"Missing parameters: lang, data","errcode":"M_MISSING_PARAM"})")));
}

BOOST_AUTO_TEST_CASE(an_answer_to_too_many_requests_is_as_in_the_seeds_definitions) {
    auto settings = default_settings();
    settings.api.set_rate = 0.01;
    settings.api.set_burst = 1;
    running_server limited(settings);
    auto alice = limited.client_of("@alice:example.org");
    BOOST_TEST(alice.set(request_of_the_seed).status == 200);
    const answer got = alice.set(request_of_the_seed);
    BOOST_TEST(verdict(got) == "429 M_LIMIT_EXCEEDED");
    BOOST_TEST(got.json().at("retry_after_ms").is_int64());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
