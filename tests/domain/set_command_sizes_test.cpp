// "Body of a set": how long each value may be, and what a key must not contain.

#include "tests/domain/set_body.hpp"

namespace pusherd::domain {
namespace {

using namespace testing;

constexpr std::string_view e_acute = "\xc3\xa9";        // 2 bytes
constexpr std::string_view euro = "\xe2\x82\xac";       // 3 bytes
constexpr std::string_view emoji = "\xf0\x9f\x98\x80";  // 4 bytes
constexpr const char* labels[] = {"app_display_name", "device_display_name", "lang", "profile_tag"};

body with_text(std::string_view key, std::string_view text) { return http_body().with(key, quoted(text)); }

// `bytes` of compact data, valid for either kind of pusher.
std::string data_of_size(std::size_t bytes, std::string_view filling = "a") {
    const std::string empty = data_with(R"("pad":"")");
    const std::size_t room = bytes - empty.size();
    return data_with("\"pad\":" +
                     quoted(repeated(filling, room / filling.size()) + repeated("a", room % filling.size())));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_sizes)

BOOST_AUTO_TEST_CASE(an_empty_pushkey_is_refused) {
    BOOST_TEST(is_refused(with_text("pushkey", ""), errc::invalid_param, "pushkey"));
}

BOOST_AUTO_TEST_CASE(a_pushkey_of_512_bytes_is_accepted) {
    BOOST_TEST(is_accepted(with_text("pushkey", repeated("k", 512))));
    BOOST_TEST(is_accepted(with_text("pushkey", repeated(e_acute, 256))));
    BOOST_TEST(is_accepted(with_text("pushkey", repeated(emoji, 128))));
    BOOST_TEST(is_accepted(with_text("pushkey", repeated(R"(\u006b)", 512))));
    BOOST_TEST(is_accepted(with_text("pushkey", repeated(R"(\u00e9)", 256))));
}

BOOST_AUTO_TEST_CASE(a_pushkey_of_513_bytes_is_refused) {
    BOOST_TEST(is_refused(with_text("pushkey", repeated("k", 513)), errc::invalid_param, "pushkey"));
    BOOST_TEST(is_refused(with_text("pushkey", repeated(e_acute, 256) + "k"), errc::invalid_param, "pushkey"));
    BOOST_TEST(is_refused(with_text("pushkey", repeated(emoji, 128) + "k"), errc::invalid_param, "pushkey"));
    BOOST_TEST(is_refused(with_text("pushkey", repeated(R"(\u00e9)", 256) + "k"), errc::invalid_param, "pushkey"));
}

BOOST_AUTO_TEST_CASE(a_pushkey_with_u0000_is_refused) {
    for (const auto* text : {R"(\u0000)", R"(a\u0000b)", R"(a\u0000)", R"(\u0000a)"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(is_refused(with_text("pushkey", text), errc::invalid_param, "pushkey"));
}

BOOST_AUTO_TEST_CASE(a_pushkey_with_other_control_characters_is_accepted) {
    BOOST_TEST(parsed<upsert>(with_text("pushkey", R"(a\n\t\u0001\u007f b)")).key.pushkey == "a\n\t\x01\x7f b");
}

BOOST_AUTO_TEST_CASE(an_empty_app_id_is_refused) {
    BOOST_TEST(is_refused(with_text("app_id", ""), errc::invalid_param, "app_id"));
}

BOOST_AUTO_TEST_CASE(an_app_id_of_64_characters_is_accepted) {
    for (const auto character : {std::string_view("a"), e_acute, euro, emoji, std::string_view(R"(\u00e9)"),
                                 std::string_view(R"(\ud83d\ude00)")})
        BOOST_TEST_CONTEXT(character) BOOST_TEST(is_accepted(with_text("app_id", repeated(character, 64))));
}

BOOST_AUTO_TEST_CASE(an_app_id_of_65_characters_is_refused) {
    for (const auto character : {std::string_view("a"), e_acute, euro, emoji, std::string_view(R"(\u00e9)"),
                                 std::string_view(R"(\ud83d\ude00)")})
        BOOST_TEST_CONTEXT(character)
    BOOST_TEST(is_refused(with_text("app_id", repeated(character, 65)), errc::invalid_param, "app_id"));
}

BOOST_AUTO_TEST_CASE(the_characters_of_an_app_id_are_code_points) {
    // A base letter and a combining accent look like one character and are two.
    BOOST_TEST(is_accepted(with_text("app_id", repeated("e\xcc\x81", 32))));
    BOOST_TEST(is_refused(with_text("app_id", repeated("e\xcc\x81", 33)), errc::invalid_param, "app_id"));
}

BOOST_AUTO_TEST_CASE(an_app_id_with_u0000_is_refused) {
    for (const auto* text : {R"(\u0000)", R"(a\u0000b)", R"(a\u0000)"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(is_refused(with_text("app_id", text), errc::invalid_param, "app_id"));
}

BOOST_AUTO_TEST_CASE(a_label_of_1024_bytes_is_accepted) {
    for (const auto* key : labels) BOOST_TEST_CONTEXT(key) {
            BOOST_TEST(is_accepted(with_text(key, repeated("a", 1024))));
            BOOST_TEST(is_accepted(with_text(key, repeated(e_acute, 512))));
            BOOST_TEST(is_accepted(with_text(key, repeated(R"(\u0000)", 1024))));
        }
}

BOOST_AUTO_TEST_CASE(a_label_of_1025_bytes_is_refused) {
    for (const auto* key : labels) BOOST_TEST_CONTEXT(key) {
            BOOST_TEST(is_refused(with_text(key, repeated("a", 1025)), errc::invalid_param, key));
            BOOST_TEST(is_refused(with_text(key, repeated(e_acute, 512) + "a"), errc::invalid_param, key));
            BOOST_TEST(is_refused(with_text(key, repeated(R"(\u00e9)", 513)), errc::invalid_param, key));
        }
}

BOOST_AUTO_TEST_CASE(data_of_16384_bytes_is_accepted) {
    BOOST_REQUIRE(data_of_size(16384).size() == 16384U);
    BOOST_TEST(is_accepted(http_body().with("data", data_of_size(16384))));
    BOOST_TEST(is_accepted(http_body().with("data", data_of_size(16384, emoji))));
    BOOST_TEST(is_accepted(email_body().with("data", data_of_size(16384))));
}

BOOST_AUTO_TEST_CASE(data_of_16385_bytes_is_refused) {
    BOOST_TEST(is_refused(http_body().with("data", data_of_size(16385)), errc::invalid_param, "data"));
    BOOST_TEST(is_refused(http_body().with("data", data_of_size(16385, emoji)), errc::invalid_param, "data"));
    BOOST_TEST(is_refused(email_body().with("data", data_of_size(16385)), errc::invalid_param, "data"));
}

BOOST_AUTO_TEST_CASE(insignificant_whitespace_does_not_count_as_data) {
    const std::string full = data_of_size(16384);
    const std::string spaced =
        "{" + repeated(" \n", 1000) + full.substr(1, full.size() - 2) + repeated("\t", 1000) + "}";
    BOOST_TEST(shown_data(http_body().with("data", spaced).text()) == full);
}

BOOST_AUTO_TEST_CASE(whitespace_inside_a_string_counts_as_data) {
    BOOST_TEST(is_accepted(http_body().with("data", data_of_size(16384, " "))));
    BOOST_TEST(is_refused(http_body().with("data", data_of_size(16385, " ")), errc::invalid_param, "data"));
}

BOOST_AUTO_TEST_CASE(an_escape_counts_as_data_in_the_length_it_was_written_in) {
    BOOST_TEST(is_accepted(http_body().with("data", data_of_size(16384, R"(\u0061)"))));
    BOOST_TEST(is_refused(http_body().with("data", data_of_size(16385, R"(\u0061)")), errc::invalid_param, "data"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
