// --max-body, with a length and in chunks.

#include "tests/net/wire.hpp"

#include <string>

namespace pusherd::testing {

BOOST_FIXTURE_TEST_SUITE(body_limits, running_server)

BOOST_AUTO_TEST_CASE(a_body_of_65536_bytes_passes_and_one_more_is_413) {
    const std::string alice = token("@alice:example.org");
    BOOST_TEST(verdict(ask(*this, request("POST", set_path, alice, set_body_of_size(65536)))) == "200");
    http_connection connection(port());
    connection.send(request("POST", set_path, alice, set_body_of_size(65537)));
    const answer got = connection.read_answer();
    BOOST_TEST(verdict(got) == "413 M_TOO_LARGE");
    BOOST_TEST(got.field("connection") == "close");
    BOOST_TEST(closes(connection));
}

BOOST_AUTO_TEST_CASE(a_chunked_body_of_65536_bytes_passes_and_one_more_is_413) {
    const std::string alice = token("@alice:example.org");
    for (const std::size_t chunk : {7U, 1000U, 65536U, 100'000U}) {
        BOOST_TEST_CONTEXT("chunks of " << chunk) {
            BOOST_TEST(verdict(ask(*this, chunked_set(alice, set_body_of_size(65536), chunk))) == "200");
            http_connection connection(port());
            connection.send(chunked_set(alice, set_body_of_size(65537), chunk));
            const answer got = connection.read_answer();
            BOOST_TEST(verdict(got) == "413 M_TOO_LARGE");
            BOOST_TEST(got.field("connection") == "close");
            BOOST_TEST(closes(connection));
        }
    }
}

BOOST_AUTO_TEST_CASE(chunks_of_one_byte_extensions_and_trailers_are_fine) {
    const std::string alice = token("@alice:example.org");
    const std::string body = pusher_body("org.example.app", "key");
    http_connection connection(port());
    connection.send(chunked_set(alice, body, 1) + chunked_set(alice, body, 100, ";a=b;c") +
                    chunked_set(alice, body, 100, "", "T: u\r\nV: w\r\n") + request("GET", "/health"));
    BOOST_TEST(connection.read_answer().field("pusherd-outcome") == "created");
    BOOST_TEST(connection.read_answer().field("pusherd-outcome") == "unchanged");
    BOOST_TEST(connection.read_answer().field("pusherd-outcome") == "unchanged");
    BOOST_TEST(connection.read_answer().body == "OK");
}

BOOST_AUTO_TEST_CASE(the_limit_is_the_operators) {
    auto settings = default_settings();
    settings.api.max_body = 300;
    running_server small(settings);
    const std::string alice = small.token("@alice:example.org");
    for (const std::size_t size : {300U, 301U}) {
        const std::string expected = size == 300 ? "200" : "413 M_TOO_LARGE";
        BOOST_TEST(verdict(ask(small, request("POST", set_path, alice, set_body_of_size(size)))) == expected);
        BOOST_TEST(verdict(ask(small, chunked_set(alice, set_body_of_size(size), 50))) == expected);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
