// How an answer looks, to the byte but for the date.

#include "net/http/response.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>
#include <regex>
#include <string>

namespace pusherd::net {
namespace {

const std::string on_every_answer =
    "Cache-Control: no-store\r\n"
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Allow-Methods: GET, POST, PUT, DELETE, OPTIONS\r\n"
    "Access-Control-Allow-Headers: X-Requested-With, Content-Type, Authorization\r\n"
    "Date: -\r\n";

std::string without_date(const std::string& answer) {
    static const std::regex date(R"(Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d )"
                                 R"((Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT)");
    return std::regex_replace(answer, date, "Date: -");
}

std::string answer_of(const response_head& head, std::string_view body, bool is_head_request = false) {
    response_writer writer;
    std::string out;
    writer.append(out, head, body, is_head_request);
    return without_date(out);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(response_writers)

BOOST_AUTO_TEST_CASE(an_answer_has_the_fields_of_every_answer_once) {
    BOOST_TEST(answer_of({}, "{}") == "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + on_every_answer +
                                          "Content-Length: 2\r\n\r\n{}");
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_head_says_the_length_and_has_no_body) {
    BOOST_TEST(answer_of({}, "{\"pushers\":[]}", true) == "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" +
                                                              on_every_answer + "Content-Length: 14\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_204_has_neither_type_nor_length) {
    response_writer writer;
    std::string out;
    writer.append_head(out, {.status = 204, .content_type = {}});
    BOOST_TEST(without_date(out) == "HTTP/1.1 204 No Content\r\n" + on_every_answer + "\r\n");
}

BOOST_AUTO_TEST_CASE(the_last_answer_says_close_and_extra_fields_are_taken_as_they_are) {
    BOOST_TEST(answer_of({.status = 429, .extra_fields = "Retry-After: 1\r\n", .close = true}, "x") ==
               "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n" + on_every_answer +
                   "Retry-After: 1\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
}

BOOST_AUTO_TEST_CASE(answers_are_appended_to_what_is_there) {
    response_writer writer;
    std::string out = "before";
    writer.append(out, {}, "a", false);
    const std::size_t first = out.size();
    writer.append(out, {}, "b", false);
    BOOST_TEST(out.starts_with("beforeHTTP/1.1 200 OK\r\n"));
    BOOST_TEST(out.substr(first).starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(out.ends_with("\r\n\r\nb"));
}

BOOST_AUTO_TEST_CASE(every_status_that_is_sent_has_its_reason) {
    for (const unsigned status : {200U, 204U, 400U, 401U, 403U, 404U, 405U, 408U, 413U, 429U, 431U, 500U, 503U}) {
        BOOST_TEST_CONTEXT(status) {
            BOOST_TEST(!reason_of(status).empty());
            BOOST_TEST(reason_of(status) != "<unknown-status>");
        }
    }
}

// Of a homeserver behind, whose answer is passed on.
BOOST_AUTO_TEST_CASE(a_status_that_nobody_has_registered_has_none) {
    for (const unsigned status : {299U, 418U, 598U}) BOOST_TEST(reason_of(status) == "");
    response_writer writer;
    std::string out;
    writer.append_head(out, {.status = 299});
    BOOST_TEST(out.starts_with("HTTP/1.1 299 \r\n"), out);
}

BOOST_AUTO_TEST_CASE(the_date_is_now) {
    response_writer writer;
    std::string out;
    const std::time_t before = std::time(nullptr) - 1;  // the coarse clock may lag by a tick
    writer.append_head(out, {});
    const std::time_t after = std::time(nullptr);
    bool found = false;
    for (std::time_t now = before; now <= after; ++now) {
        char text[64];
        std::tm utc{};
        ::gmtime_r(&now, &utc);
        std::strftime(text, sizeof text, "\r\nDate: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
        found = found || out.find(text) != std::string::npos;
    }
    BOOST_TEST(found);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
