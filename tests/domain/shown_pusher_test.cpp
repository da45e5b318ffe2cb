// What show() has written is read back; and what a filter means.

#include "domain/shown_pusher.hpp"

#include "domain/pusher_search.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::domain {
namespace {

using namespace std::string_view_literals;

std::string shown(std::string_view app_id, std::string_view pushkey, std::string_view data,
                  std::string_view display_name = "App", pusher_kind kind = pusher_kind::http) {
    return show({.key = {std::string(app_id), std::string(pushkey)},
                 .kind = kind,
                 .app_display_name = std::string(display_name),
                 .device_display_name = "Phone",
                 .lang = "en",
                 .profile_tag = std::nullopt,
                 .data = std::string(data)});
}

std::string data_with(std::string_view url) { return R"({"url":")" + std::string(url) + "\"}"; }

constexpr std::string_view path = "/_matrix/push/v1/notify";

}  // namespace

BOOST_AUTO_TEST_SUITE(shown_pushers)

BOOST_AUTO_TEST_CASE(the_key_comes_back) {
    for (const std::string_view text : {"a"sv, "\"\\\n"sv, R"(","data":{)"sv, "\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87"sv,
                                        "https://up.example.org/?token=a+b/c"sv}) {
        const pusher_key key = key_of_shown(shown(text, text, "{}"));
        BOOST_TEST(key.app_id == text);
        BOOST_TEST(key.pushkey == text);
    }
}

BOOST_AUTO_TEST_CASE(the_host_of_the_gateway_comes_back_in_lower_case_and_alone) {
    const auto host = [](const std::string& url) {
        return gateway_host_of_shown(shown("a", "k", data_with(url + std::string(path))));
    };
    BOOST_TEST(host("https://push.example.org") == "push.example.org");
    BOOST_TEST(host("HTTPS://Push.Example.ORG:8448") == "push.example.org");
    BOOST_TEST(host("https://[2001:DB8::1]:443") == "2001:db8::1");
    BOOST_TEST(host("http://1.2.3.4") == "1.2.3.4");
    BOOST_TEST(gateway_host_of_shown(shown("a", "k", R"({"a":{"url":"https://other/"},"url":"https:\/\/h\/x"})")) ==
               "h");
    BOOST_TEST(gateway_host_of_shown(shown("m.email", "a@b", "{}", "App", pusher_kind::email)).empty());
    BOOST_TEST(gateway_host_of_shown(shown("m.email", "a@b", R"({"url":1})", "App", pusher_kind::email)).empty());
    BOOST_TEST(gateway_host_of_shown(shown("m.email", "a@b", R"({"url":"x"})", "App", pusher_kind::email)).empty());
}

// A name may look like anything that stands behind it.
BOOST_AUTO_TEST_CASE(a_display_name_is_not_taken_for_more) {
    const std::string name = R"(","profile_tag":"x","data":{"url":"https://evil.example.org/"},")";
    const std::string text = shown("a", "k", data_with("https://good.example.org/"), name);
    BOOST_TEST(gateway_host_of_shown(text) == "good.example.org");
    BOOST_TEST(!has_profile_tag(text));
    pusher tagged{.key = {"a", "k"},
                  .kind = pusher_kind::http,
                  .app_display_name = "",
                  .device_display_name = "",
                  .lang = "",
                  .profile_tag = "",
                  .data = "{}"};
    BOOST_TEST(has_profile_tag(show(tagged)));
    tagged.profile_tag.reset();
    tagged.data = R"({"x":1,"profile_tag":"x"})";
    BOOST_TEST(!has_profile_tag(show(tagged)));
}

BOOST_AUTO_TEST_CASE(a_filter_means_those_for_which_all_holds) {
    const std::string text = shown("app", "key", data_with("https://push.example.org" + std::string(path)));
    const found_pusher found{
        .user_id = "@a:h", .created = 1, .updated = 1, .state = {.device_id = "PHONE"}, .shown = text};
    BOOST_TEST(matches({}, found));
    BOOST_TEST(matches({.user_id = "@a:h",
                        .app_id = "app",
                        .pushkey = "key",
                        .gateway_host = "push.example.org",
                        .device_id = "PHONE"},
                       found));
    BOOST_TEST(!matches({.user_id = "@b:h"}, found));
    BOOST_TEST(!matches({.app_id = "ap"}, found));
    BOOST_TEST(!matches({.pushkey = "k"}, found));
    BOOST_TEST(!matches({.gateway_host = "example.org"}, found));
    BOOST_TEST(!matches({.device_id = "phone"}, found));
    BOOST_TEST(!matches({.app_id = "app", .device_id = "WEB"}, found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
