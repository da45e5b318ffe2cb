// "`data` comes back as it went in, but for insignificant whitespace."

#include "tests/domain/set_body.hpp"

namespace pusherd::domain {
namespace {

using namespace testing;

std::string kept(std::string_view data) { return shown_data(email_body().with("data", data).text()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(set_command_data)

BOOST_AUTO_TEST_CASE(every_digit_of_every_number_in_data_is_kept) {
    for (const auto* number : {"12345678901234567890123",
                               "-12345678901234567890123",
                               "0.10",
                               "0.1",
                               "1e400",
                               "-1e400",
                               "1e-400",
                               "1E+5",
                               "1e5",
                               "100000",
                               "1.0",
                               "-0",
                               "-0.0",
                               "0",
                               "0e0",
                               "18446744073709551615",
                               "18446744073709551616",
                               "9007199254740993",
                               "0.30000000000000004",
                               "3.141592653589793238462643383279502884197",
                               "1.7976931348623157e309",
                               "5e-324"})
        BOOST_TEST_CONTEXT(number) {
            BOOST_TEST(kept(R"({"n":)" + std::string(number) + "}") == R"({"n":)" + std::string(number) + "}");
            BOOST_TEST(kept("{\"n\":[" + std::string(number) + ",[" + number + "]]}") ==
                       "{\"n\":[" + std::string(number) + ",[" + number + "]]}");
        }
}

BOOST_AUTO_TEST_CASE(an_exponent_of_any_length_in_data_is_kept) {
    for (const auto* number :
         {"1e99999999999", "1E99999999999", "1e+99999999999", "1e-99999999999", "-1.50e99999999999", "0e99999999999",
          "0.0e-99999999999", "1e2147483647", "1e2147483648", "1e-2147483649", "1e00000000000000000001",
          "123456789012345678901234567890e99999999999999999999999"})
        BOOST_TEST_CONTEXT(number)
    BOOST_TEST(kept(R"({"n":)" + std::string(number) + R"(,"m":[1e99999999999]})") ==
               R"({"n":)" + std::string(number) + R"(,"m":[1e99999999999]})");
}

BOOST_AUTO_TEST_CASE(a_number_of_thousands_of_digits_in_data_is_kept) {
    for (const auto& number :
         {repeated("1", 8000), "0." + repeated("0", 8000) + "1", repeated("9", 8000) + "e99999999999",
          "1e" + repeated("9", 8000), "0." + repeated("0", 8000) + "1e-2147483647"})
        BOOST_TEST_CONTEXT(number.substr(0, 20))
    BOOST_TEST(kept(R"({"n":)" + number + "}") == R"({"n":)" + number + "}");
}

BOOST_AUTO_TEST_CASE(a_number_outside_data_may_have_an_exponent_of_any_length) {
    BOOST_TEST(is_accepted(http_body().with("x", "1e99999999999")));
    BOOST_TEST(parsed<removal>(removal_body().with("x", "1e99999999999")).key.pushkey == "key-1");
}

BOOST_AUTO_TEST_CASE(what_looks_like_a_long_exponent_in_a_string_is_kept_next_to_one) {
    const std::string text = http_body()
                                 .with("app_id", R"("v1e99999999999")")
                                 .with("pushkey", R"("1e99999999999")")
                                 .with("lang", R"("\"1E+12345678901")")
                                 .with("data", data_with(R"("1e55555555555":"1e66666666666","n":1e99999999999)"))
                                 .text();
    const auto command = parsed<upsert>(text);
    BOOST_TEST(command.key.app_id == "v1e99999999999");
    BOOST_TEST(command.key.pushkey == "1e99999999999");
    BOOST_TEST(command.shown.find(R"("\"1E+12345678901")") != std::string::npos);
    BOOST_TEST(shown_data(text) == data_with(R"("1e55555555555":"1e66666666666","n":1e99999999999)"));
}

BOOST_AUTO_TEST_CASE(every_escape_in_data_is_kept) {
    for (const auto* text :
         {R"(\u00e9)", R"(\u00E9)", "\xc3\xa9", R"(\/)", "/", R"(\\)", R"(\")", R"(\b\f\n\r\t)", R"(\u000a)",
          R"(\u0000)", R"(\ud83d\ude00)", "\xf0\x9f\x98\x80", R"(\u003c)", "\x7f", R"(\\\")", R"(\\u00e9)"})
        BOOST_TEST_CONTEXT(text) {
            const std::string as_value = R"({"s":")" + std::string(text) + R"("})";
            const std::string as_key = R"({")" + std::string(text) + R"(":0})";
            BOOST_TEST(kept(as_value) == as_value);
            BOOST_TEST(kept(as_key) == as_key);
        }
}

BOOST_AUTO_TEST_CASE(the_url_is_kept_in_the_spelling_it_came_in) {
    const std::string data = R"({"url":"HTTPS:\/\/Push.Example.ORG:443\/_matrix\/push\/v1\/notif\u0079?a=%7e&B"})";
    BOOST_TEST(shown_data(http_body().with("data", data).text()) == data);
}

BOOST_AUTO_TEST_CASE(the_order_of_keys_in_data_is_kept) {
    const std::string data = R"({"z":1,"a":{"y":2,"b":3},"url":4,"M":5,"":6,"0":7,"format":"x"})";
    BOOST_TEST(kept(data) == data);
}

BOOST_AUTO_TEST_CASE(a_nested_default_payload_in_data_is_kept) {
    const std::string payload =
        R"({"aps":{"mutable-content":1,"alert":{"loc-key":"SINGLE_UNREAD","loc-args":[]}},"n":[null,)"
        R"(true,false,{},[],[[]],"",0.10]})";
    const std::string data = data_with(R"("format":"event_id_only","default_payload":)" + payload);
    BOOST_TEST(shown_data(http_body().with("data", data).text()) == data);
}

BOOST_AUTO_TEST_CASE(whitespace_outside_strings_in_data_is_dropped) {
    BOOST_TEST(kept(" {\n\t\"a\" : [ 1 , 2.0 ,\r\n { } , [ ] ] ,\"b\" :true }\n") == R"({"a":[1,2.0,{},[]],"b":true})");
    BOOST_TEST(kept("{ \t\r\n}") == "{}");
}

BOOST_AUTO_TEST_CASE(whitespace_inside_strings_in_data_is_kept) {
    BOOST_TEST(kept(R"({ " a  b " : "  c : , { [  " })") == R"({" a  b ":"  c : , { [  "})");
    BOOST_TEST(kept(R"({ "a" : "\" b" , "c" : "\\" , "d" : " \\\" " })") == R"({"a":"\" b","c":"\\","d":" \\\" "})");
    BOOST_TEST(kept("{ \"nbsp\" : \"\xc2\xa0\xe2\x80\x83\" }") == "{\"nbsp\":\"\xc2\xa0\xe2\x80\x83\"}");
}

BOOST_AUTO_TEST_CASE(data_is_kept_wherever_it_stands_in_the_body) {
    const std::string data = R"({"n":0.10})";
    const std::string decoy = R"({"data":{"n":1},"x":"\"data\":{}"})";
    BOOST_TEST(shown_data(body()
                              .with("x", decoy)
                              .with("data", data)
                              .with("kind", R"("email")")
                              .with("app_id", R"("m.email")")
                              .with("pushkey", R"("a@b")")
                              .with("app_display_name", R"("\"data\":{}")")
                              .with("device_display_name", R"("}")")
                              .with("lang", R"("{")")
                              .with("y", "[[{}]]")
                              .text()) == data);
    BOOST_TEST(shown_data(email_body().without("data").with("x", decoy).with("data", data).text()) == data);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
