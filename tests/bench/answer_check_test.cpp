#include "bench/load/answer_check.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::bench {
namespace {

const std::string pusher =
    R"({"pushkey":"k","kind":"http","app_id":"a","app_display_name":"A","device_display_name":"D","lang":"en","data":{}})";

bool is(verdict wanted, verdict got) { return wanted == got; }

}  // namespace

BOOST_AUTO_TEST_SUITE(answer_checks)

BOOST_AUTO_TEST_CASE(any_status_but_200_is_wrong) {
    for (const int status : {100, 201, 204, 301, 401, 429, 500})
        for (const request_kind kind : request_kinds)
            BOOST_TEST(is(verdict::wrong_status, check_answer(kind, status, "{}")), status);
}

BOOST_AUTO_TEST_CASE(a_list_is_an_object_of_pushers) {
    for (const std::string& items : {std::string(), pusher, pusher + "," + pusher}) {
        const std::string body = R"({"pushers":[)" + items + "]}";
        BOOST_TEST(is(verdict::right, check_answer(request_kind::list, 200, body)));
        BOOST_TEST(is(verdict::right, check_answer_closely(request_kind::list, 200, body)));
    }
    for (const char* body : {"", "{}", "[]", R"({"pushers":[})", R"({"pushers":[)", R"({"errcode":"M_UNKNOWN"})"})
        BOOST_TEST(is(verdict::wrong_body, check_answer(request_kind::list, 200, body)), body);
}

BOOST_AUTO_TEST_CASE(the_close_look_sees_what_the_frame_does_not_show) {
    const auto closely = [](const std::string& items) {
        return check_answer_closely(request_kind::list, 200, R"({"pushers":[)" + items + "]}");
    };
    BOOST_TEST(is(verdict::wrong_body, closely("{")));
    BOOST_TEST(is(verdict::wrong_body, closely("1")));
    BOOST_TEST(is(verdict::wrong_body, closely("{}")));
    BOOST_TEST(is(verdict::wrong_body, closely(pusher + ",{}")));
    std::string number = pusher;
    number.replace(number.find("\"en\""), 4, "1");
    BOOST_TEST(is(verdict::wrong_body, closely(number)));
}

BOOST_AUTO_TEST_CASE(a_set_is_answered_by_an_empty_object) {
    for (const request_kind kind : {request_kind::set, request_kind::unchanged, request_kind::remove}) {
        BOOST_TEST(is(verdict::right, check_answer(kind, 200, "{}")));
        BOOST_TEST(is(verdict::right, check_answer_closely(kind, 200, "{}")));
        for (const char* body : {"", "null", "{ }x", R"({"pushers":[]})"})
            BOOST_TEST(is(verdict::wrong_body, check_answer(kind, 200, body)), body);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
