// What goes out to a gateway, and what its answer says.

#include "domain/pokes/poke.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace pusherd::domain {
namespace {

const std::string url = R"("url":"https://push.example.org/_matrix/push/v1/notify")";

notification event(const std::string& more = {}, const std::string& tweaks = {}) {
    const auto read = parse_notifications(
        R"({"user_id":"@alice:example.org","notification":{"event_id":"$1","room_id":"!r","type":"m.room.message",)"
        R"("sender":"@bob:example.org","content":{"body":"Hi \u00e9","n":1.10},"counts":{"unread":0}})" +
        (tweaks.empty() ? "" : ",\"tweaks\":" + tweaks) + more + '}');
    BOOST_TEST_REQUIRE(read.has_value());
    return read->front();
}

poke_device device(std::string_view data, std::string_view pushkey = "key") {
    return {"org.example.app", pushkey, 1764230400, data};
}

std::string rendered(const notification& what, const std::string& data) {
    const std::vector<poke_device> devices{device(data)};
    return render_poke(what, style_of(data), devices);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pokes)

BOOST_AUTO_TEST_CASE(all_goes_out_as_it_was_given_and_data_without_its_url) {
    BOOST_TEST(
        rendered(event({}, R"({"sound":"default","highlight":true})"),
                 '{' + url + R"(,"default_payload":{"aps":{"n":1e2}},"a\u0062":[1.0]})") ==
        R"({"notification":{"event_id":"$1","room_id":"!r","type":"m.room.message","sender":"@bob:example.org",)"
        R"("content":{"body":"Hi \u00e9","n":1.10},"counts":{"unread":0},"devices":[{"app_id":"org.example.app",)"
        R"("pushkey":"key","pushkey_ts":1764230400,"data":{"default_payload":{"aps":{"n":1e2}},"a\u0062":[1.0]},)"
        R"("tweaks":{"sound":"default","highlight":true}}]}})");
}

BOOST_AUTO_TEST_CASE(of_ids_alone_nothing_else_goes_out) {
    BOOST_TEST(rendered(event({}, R"({"sound":"default"})"), '{' + url + R"(,"format":"event_id_only"})") ==
               R"({"notification":{"event_id":"$1","room_id":"!r","counts":{"unread":0},"devices":[{"app_id":)"
               R"("org.example.app","pushkey":"key","pushkey_ts":1764230400,"data":{"format":"event_id_only"}}]}})");
}

BOOST_AUTO_TEST_CASE(counts_may_be_hidden) {
    for (const std::string key : {"org.matrix.msc4076.disable_badge_count", "disable_badge_count"}) {
        const std::string data = '{' + url + ",\"" + key + "\":true}";
        BOOST_TEST(rendered(event(), data).find("counts") == std::string::npos);
        BOOST_TEST(!concerns(style_of(data), notification{"@a:b", "", R"({"counts":{"unread":1}})", ""}));
        BOOST_TEST(concerns(style_of(data), event()));
        BOOST_TEST(!style_of('{' + url + ",\"" + key + "\":\"true\"}").hides_counts);
    }
    BOOST_TEST(concerns({}, notification{"@a:b", "", R"({"counts":{"unread":1}})", ""}));
}

BOOST_AUTO_TEST_CASE(several_devices_share_a_request) {
    const std::string data = '{' + url + '}';
    const std::vector<poke_device> devices{device(data, "one"), device(data, "t\"wo")};
    const std::string body = render_poke(event(), {}, devices);
    BOOST_TEST(body.find(R"({"app_id":"org.example.app","pushkey":"one","pushkey_ts":1764230400,"data":{}},)") !=
               std::string::npos);
    BOOST_TEST(body.find(R"("pushkey":"t\"wo")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_rejected_is_a_list_of_pushkeys) {
    BOOST_TEST(*rejected_in(R"({"rejected":[]})") == std::vector<std::string>{}, boost::test_tools::per_element());
    BOOST_TEST(*rejected_in(R"({"rejected":["a","\u00e9"]})") == (std::vector<std::string>{"a", "\xc3\xa9"}),
               boost::test_tools::per_element());
    for (const char* each : {"", "{}", "[]", "OK", R"({"rejected":null})", R"({"rejected":"a"})", R"({"rejected":[1]})",
                             R"({"rejected":["a")", R"({"rejected":{"a":1}})"})
        BOOST_TEST(!rejected_in(each).has_value(), each);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
