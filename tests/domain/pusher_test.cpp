// "What a list shows": one pusher of it.

#include "domain/pusher.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pusherd::domain {
namespace {

using namespace std::string_view_literals;

pusher sample() {
    return {
        .key = {.app_id = "face.mcapp.appy.prod", .pushkey = "Xp/MzCt8/9DcSNE9cuiaoT5Ac55job3TdLSSmtmYl4A="},
        .kind = pusher_kind::http,
        .app_display_name = "Appy McAppface",
        .device_display_name = "Alice's Phone",
        .lang = "en-US",
        .profile_tag = "xyz",
        .data = R"({"url":"https://example.com/_matrix/push/v1/notify"})",
    };
}

boost::json::object parsed(const pusher& what) { return boost::json::parse(show(what) + '}').as_object(); }

std::string text_of(const boost::json::object& object, std::string_view key) {
    return std::string(std::string_view(object.at(key).as_string()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pusher_shown)

BOOST_AUTO_TEST_CASE(the_example_of_the_specification_is_shown_as_it_stands) {
    BOOST_TEST(parsed(sample()) == boost::json::parse(R"({
        "pushkey": "Xp/MzCt8/9DcSNE9cuiaoT5Ac55job3TdLSSmtmYl4A=",
        "kind": "http",
        "app_id": "face.mcapp.appy.prod",
        "app_display_name": "Appy McAppface",
        "device_display_name": "Alice's Phone",
        "profile_tag": "xyz",
        "lang": "en-US",
        "data": {"url": "https://example.com/_matrix/push/v1/notify"}
    })")
                                       .as_object());
}

BOOST_AUTO_TEST_CASE(an_email_pusher_is_shown_as_email) {
    pusher what = sample();
    what.kind = pusher_kind::email;
    BOOST_TEST(text_of(parsed(what), "kind") == "email");
}

BOOST_AUTO_TEST_CASE(the_kinds_are_called_as_on_the_wire) {
    BOOST_TEST(to_string(pusher_kind::http) == "http");
    BOOST_TEST(to_string(pusher_kind::email) == "email");
}

BOOST_AUTO_TEST_CASE(a_profile_tag_that_was_not_given_is_not_shown) {
    pusher what = sample();
    what.profile_tag.reset();
    BOOST_TEST(!parsed(what).contains("profile_tag"));
    BOOST_TEST(parsed(what).size() == 7U);
}

BOOST_AUTO_TEST_CASE(an_empty_profile_tag_is_shown) {
    pusher what = sample();
    what.profile_tag = "";
    BOOST_TEST(text_of(parsed(what), "profile_tag") == "");
}

BOOST_AUTO_TEST_CASE(data_is_shown_to_the_letter) {
    pusher what = sample();
    what.data = R"({"n":[12345678901234567890123,0.10,1e400],"s":"\u00e9\/","s2":"é"})";
    BOOST_TEST(show(what).find("\"data\":" + what.data) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_character_of_every_text_is_shown) {
    // Strings of every length up to past the serializer's buffers, with something to escape at every offset.
    std::vector<std::string> texts;
    texts.reserve(256);
    for (unsigned char c = 0; c < 0x80; ++c) texts.push_back(std::string(1, static_cast<char>(c)) + "x");
    for (std::size_t length = 0; length <= 70; ++length) texts.push_back(std::string(length, 'a') + "\"\\\n");
    texts.emplace_back("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xe2\x80\xa8 \xc2\x80");
    texts.emplace_back("a\0b"sv);
    texts.emplace_back(R"(","data":{},"x":")");
    texts.emplace_back(1024, '\x01');
    texts.emplace_back(5000, '"');
    for (const std::string& text : texts) {
        pusher what = sample();
        what.key = {.app_id = text, .pushkey = text};
        what.app_display_name = what.device_display_name = what.lang = text;
        what.profile_tag = text;
        const auto shown = parsed(what);
        BOOST_TEST_CONTEXT("'" << text.substr(0, 80) << "'") {
            BOOST_TEST(shown.size() == 8U);
            for (const auto* key :
                 {"app_id", "pushkey", "app_display_name", "device_display_name", "lang", "profile_tag"})
                BOOST_TEST(text_of(shown, key) == text);
        }
    }
}

BOOST_AUTO_TEST_CASE(its_state_ends_what_is_shown_under_both_names) {
    const auto end_of = [](const pusher_state& state) {
        std::string out;
        show_state(state, out);
        return out;
    };
    BOOST_TEST(end_of({.device_id = "PHONE"}) ==
               R"(,"enabled":true,"org.matrix.msc3881.enabled":true,"device_id":"PHONE",)"
               R"("org.matrix.msc3881.device_id":"PHONE"})");
    BOOST_TEST(end_of({.enabled = false}) == R"(,"enabled":false,"org.matrix.msc3881.enabled":false,"device_id":null,)"
                                             R"("org.matrix.msc3881.device_id":null})");
    BOOST_TEST(end_of({.kind = pusher_kind::email, .device_id = "PHONE"}) == end_of({}));
    BOOST_TEST(end_of({.device_id = "a\"\n"}).ends_with(R"(.device_id":"a\"\n"})"));
}

BOOST_AUTO_TEST_CASE(the_same_pusher_always_gives_the_same_bytes) { BOOST_TEST(show(sample()) == show(sample())); }

BOOST_AUTO_TEST_CASE(pushers_that_differ_in_anything_give_different_bytes) {
    std::vector<pusher> pushers(9, sample());
    pushers[1].key.app_id += 'x';
    pushers[2].key.pushkey += 'x';
    pushers[3].kind = pusher_kind::email;
    pushers[4].app_display_name += 'x';
    pushers[5].device_display_name += 'x';
    pushers[6].lang += 'x';
    pushers[7].profile_tag.reset();
    pushers[8].data = "{}";
    for (std::size_t i = 0; i < pushers.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            BOOST_TEST_CONTEXT(i << " and " << j) BOOST_TEST(show(pushers[i]) != show(pushers[j]));
}

BOOST_AUTO_TEST_CASE(a_text_that_moves_from_one_field_to_the_next_gives_different_bytes) {
    pusher one = sample();
    pusher other = sample();
    one.app_display_name = R"(a","device_display_name":"b)";
    one.device_display_name = "c";
    other.app_display_name = "a";
    other.device_display_name = R"(b","device_display_name":"c)";
    BOOST_TEST(show(one) != show(other));
}

BOOST_AUTO_TEST_CASE(what_is_shown_begins_with_its_own_key_and_with_no_other) {
    const std::vector<pusher_key> keys = {
        {"a", "b"},
        {"a", "bb"},
        {"aa", "b"},
        {"a", ""},
        {"", "a"},
        {"ab", ""},
        {"a", "b\""},
        {"a", "b\\"},
        {"a\\", "b"},
        {"a", "b\",\"kind\":\"http"},
        {"a\",\"pushkey\":\"b", "b"},
        {"a", "b,"},
        {"\xc3\xa9", "b"},
        {"a", std::string("b\0", 2)},
    };
    for (std::size_t i = 0; i < keys.size(); ++i)
        for (std::size_t j = 0; j < keys.size(); ++j) {
            pusher what = sample();
            what.key = keys[i];
            BOOST_TEST_CONTEXT(i << " and " << j) BOOST_TEST(show(what).starts_with(shown_key(keys[j])) == (i == j));
        }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
