#include "tests/system/raw/raw_requests.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <utility>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view honest_key = "the-key-of-an-honest-user";
const std::string set_line = "POST /_matrix/client/v3/pushers/set HTTP/1.1\r\nHost: x\r\n";
const std::string by_alice = "Authorization: Bearer {token}\r\n";

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        (out += '%') += digits[byte / 16];
        out += digits[byte % 16];
    }
    return out;
}

bool is_honest(const answer& got) { return got.body.find(honest_key) != std::string::npos; }

// Only the last answer of a connection says that it is one, and it does.
bool says_close(const answer& got) { return got.field("connection") == "close"; }

std::string describe(const answer& got) {
    std::string out = std::to_string(got.status);
    if (got.status >= 400 && !got.body.empty()) out += ' ' + got.errcode();
    if (const std::string outcome = got.field("pusherd-outcome"); !outcome.empty()) out += ' ' + outcome;
    return out;
}

}  // namespace

raw_server::raw_server() {
    const auto set = server_.client(honest_token_).set(pusher_body("honest", honest_key));
    BOOST_REQUIRE_EQUAL(set.status, 200);
}

void raw_server::check(const std::vector<raw_case>& table) {
    for (const raw_case& row : table) {
        check(row, sending::at_once);
        check(row, sending::byte_by_byte);
        if (PUSHERD_TLS) check(row, sending::through_tls);
    }
    BOOST_TEST(server_.client(token_).get().body == R"({"pushers":[]})");
    BOOST_TEST(pushkeys_in(server_.client(honest_token_).get()) == std::string(honest_key) + ' ');
    BOOST_TEST(folder_.stat("pushers") == 1U);
}

const char* raw_server::name_of(sending how) {
    switch (how) {
        case sending::at_once: return "";
        case sending::byte_by_byte: return ", byte by byte";
        case sending::through_tls: return ", through TLS";
    }
    return "";
}

void raw_server::check(const raw_case& row, sending how) {
    BOOST_TEST_CONTEXT(row.what << name_of(how)) {
        try {
            BOOST_TEST(exchange(row, how) == row.expected);
        } catch (const std::exception& failed) {
            BOOST_ERROR(failed.what());
        }
    }
}

std::string raw_server::exchange(const raw_case& row, sending how) {
#if PUSHERD_TLS
    http_connection connection(how == sending::through_tls ? tls_port_ : server_.port(),
                               how == sending::through_tls ? &tls_ : nullptr);
#else
    http_connection connection(server_.port());
#endif
    const std::string bytes = bytes_of(row);
    if (how != sending::byte_by_byte) {
        connection.send(row.expected.ends_with("waits") ? bytes : bytes + honest_request());
    } else {
        for (const char& byte : bytes) connection.send({&byte, 1});
        // Behind an answer that closes, it might meet a connection that is gone, and the answer would be lost.
        if (row.expected.ends_with("kept")) connection.send(honest_request());
    }
    return read_transcript(connection, row);
}

std::string raw_server::read_transcript(http_connection& connection, const raw_case& row) const {
    const bool may_wait = row.expected.ends_with("waits");
    std::string out;
    bool closes = false;
    bool to_head = row.bytes.starts_with("HEAD ");
    for (;;) {
        if (!connection.is_readable_within(may_wait ? 300ms : 10s)) {
            connection.shutdown_send();
            return out + (connection.is_closed_within(10s) ? "waits" : "stays");
        }
        if (connection.is_closed_within(0ms)) return out + (closes || out.empty() ? "closed" : "closed unannounced");
        if (closes) return out + "and more";
        const answer got = connection.read_answer(std::exchange(to_head, false));
        if (got.status == 100 && !row.expected.starts_with("100")) continue;  // it was sent before its body had come
        closes = says_close(got);
        if (is_honest(got)) break;
        out += describe(got) + ' ';
    }
    connection.send(honest_request());
    return out + (!closes && is_honest(connection.read_answer()) ? "kept" : "something else");
}

std::string raw_server::bytes_of(const raw_case& row) const {
    std::string bytes = row.bytes;
    const std::string encoded = percent_encoded(token_);
    boost::replace_all(bytes, "{token}", token_);
    boost::replace_all(bytes, "{encoded}", encoded);
    boost::replace_all(bytes, "{twice}", boost::replace_all_copy(encoded, "%", "%25"));
    return bytes;
}

std::string raw_server::honest_request() const { return request("GET", "/_matrix/client/v3/pushers", honest_token_); }

std::string line(std::string_view request_line) { return std::string(request_line) + "\r\nHost: x\r\n\r\n"; }

std::string health(std::string_view fields, std::string_view behind) {
    std::string out = "GET /health HTTP/1.1\r\nHost: x\r\n";
    return out.append(fields).append("\r\n").append(behind);
}

std::string set(std::string_view fields, std::string_view behind) {
    return (set_line + by_alice).append(fields).append("\r\n").append(behind);
}

std::string chunked(std::string_view chunks) { return set("Transfer-Encoding: chunked\r\n", chunks); }

std::string get(std::string_view target) { return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

std::string smuggled() {
    const std::string body = pusher_body("smuggled", "smuggled");
    return set("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

}  // namespace pusherd::testing
