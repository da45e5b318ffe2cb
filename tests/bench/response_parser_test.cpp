#include "bench/load/response_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::bench {
namespace {

using progress = response_parser::progress;

const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: today\r\n\r\nhello";

// Gives it `bytes` in pieces of this size, as a socket might; what the parser leaves comes again with the next.
progress read_in_pieces(response_parser& parser, std::string_view bytes, std::size_t size) {
    std::size_t taken = 0;  // a body may be a view of what was given: nothing is copied
    auto how = progress::need_more;
    for (std::size_t end = size; taken < bytes.size() && how == progress::need_more; end += size) {
        std::size_t used = 0;
        how = parser.read(bytes.substr(taken, end - taken), used);
        taken += used;
        if (end >= bytes.size()) break;
    }
    return how;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(responses)

BOOST_AUTO_TEST_CASE(a_response_is_read_in_pieces_of_any_size) {
    for (std::size_t size = 1; size <= response.size(); ++size) {
        response_parser parser;
        BOOST_TEST((read_in_pieces(parser, response, size) == progress::complete), size);
        BOOST_TEST(parser.status() == 200);
        BOOST_TEST(parser.body() == "hello");
        BOOST_TEST(parser.keep_alive());
    }
}

BOOST_AUTO_TEST_CASE(one_is_read_after_another) {
    response_parser parser;
    const std::string both = response + "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    std::size_t used = 0;
    BOOST_TEST((parser.read(both, used) == progress::complete));
    BOOST_TEST(used == response.size());
    parser.next();
    BOOST_TEST((parser.read(std::string_view(both).substr(response.size()), used) == progress::complete));
    BOOST_TEST(parser.status() == 404);
    BOOST_TEST(parser.body() == "");
    BOOST_TEST(!parser.keep_alive());
}

BOOST_AUTO_TEST_CASE(one_with_the_same_head_is_read_in_pieces_as_well) {
    const std::string again = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: today\r\n\r\nworld";
    for (std::size_t size = 1; size <= again.size(); ++size) {
        response_parser parser;
        std::size_t used = 0;
        BOOST_TEST((parser.read(response, used) == progress::complete));
        parser.next();
        BOOST_TEST((read_in_pieces(parser, again, size) == progress::complete), size);
        BOOST_TEST(parser.status() == 200);
        BOOST_TEST(parser.body() == "world");
        BOOST_TEST(parser.keep_alive());
        parser.next();
        BOOST_TEST(!parser.end_of_stream());
    }
}

BOOST_AUTO_TEST_CASE(one_with_the_same_head_takes_no_more_than_its_length) {
    response_parser parser;
    const std::string three = response + response + "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    std::string_view left = three;
    for (const int status : {200, 200, 404}) {
        std::size_t used = 0;
        BOOST_TEST((parser.read(left, used) == progress::complete));
        BOOST_TEST(parser.status() == status);
        left.remove_prefix(used);
        parser.next();
    }
    BOOST_TEST(left.empty());
}

BOOST_AUTO_TEST_CASE(one_whose_head_says_more_than_the_last_one_is_read_anew) {
    response_parser parser;
    std::size_t used = 0;
    BOOST_TEST((parser.read("HTTP/1.1 200 OK\r\n\r\n", used) == progress::need_more));  // it has no length
    BOOST_TEST(parser.end_of_stream());
    parser.next();
    BOOST_TEST((parser.read(response, used) == progress::complete));
    BOOST_TEST(parser.body() == "hello");
}

BOOST_AUTO_TEST_CASE(chunks_are_put_together) {
    response_parser parser;
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    BOOST_TEST((read_in_pieces(parser, chunked, 7) == progress::complete));
    BOOST_TEST(parser.body() == "hello");
}

BOOST_AUTO_TEST_CASE(a_body_without_a_length_ends_with_the_connection) {
    response_parser parser;
    BOOST_TEST((read_in_pieces(parser, "HTTP/1.1 200 OK\r\n\r\nhello", 9) == progress::need_more));
    BOOST_TEST(parser.end_of_stream());
    BOOST_TEST(parser.body() == "hello");
}

BOOST_AUTO_TEST_CASE(a_response_that_is_cut_off_is_none) {
    for (std::size_t size = 0; size < response.size(); ++size) {
        response_parser parser;
        std::size_t used = 0;
        if (size != 0)
            BOOST_TEST((parser.read(std::string_view(response).substr(0, size), used) == progress::need_more));
        BOOST_TEST(!parser.end_of_stream(), size);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_response_fails) {
    response_parser parser;
    std::size_t used = 0;
    BOOST_TEST((parser.read("SSH-2.0-OpenSSH_9.2p1\r\n", used) == progress::failed));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
