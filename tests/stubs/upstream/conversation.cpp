#include "tests/stubs/upstream/conversation.hpp"

#include "tests/stubs/upstream/control.hpp"
#include "tests/stubs/upstream/push_gateway.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <limits>
#include <sstream>
#include <string>

namespace pusherd::stubs {
namespace {

/// A connection in the list of those that are open, as long as it is served.
class listed_connection final : public connection {
public:
    listed_connection(tcp_socket& socket, connections& among) : socket_(socket), among_(among) { among_.add(*this); }
    ~listed_connection() override { among_.remove(*this); }
    listed_connection(const listed_connection&) = delete;
    listed_connection& operator=(const listed_connection&) = delete;

    void close() override {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

    // So that the other side is told of a reset, not of an end.
    void reset() {
        boost::system::error_code ignored;
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        close();
    }

private:
    tcp_socket& socket_;
    connections& among_;
};

tcp_socket& socket_of(tcp_socket& stream) { return stream; }
#if PUSHERD_TLS
tcp_socket& socket_of(asio::ssl::stream<tcp_socket>& stream) { return stream.next_layer(); }
#endif

std::string to_bytes(response& answer) {
    std::ostringstream out;
    out << answer;
    return std::move(out).str();
}

std::string without_its_end(std::string bytes) {
    const std::size_t body = bytes.find("\r\n\r\n") + 4;
    bytes.resize(body + (bytes.size() - body) / 2);
    return bytes;
}

/// What a fault may be limited to: an access token, or a pushkey.
std::string about(const request& asked) {
    std::string token = token_in(asked);
    return token.empty() ? pushkey_in(asked) : token;
}

/// What becomes of a request: bytes are sent, and the connection stays or not.
struct reaction {
    std::string bytes;
    bool keeps_connection = true;
};

reaction react(const request& asked, upstream& peer, fault_kind wrong) {
    response answer;
    if (is_control(asked))
        answer = control(asked, peer);
    else if (wrong == fault_kind::http_500)
        answer = matrix_error(500, "M_UNKNOWN", "Internal server error");
    else if (wrong == fault_kind::wrong)
        answer = answer_of(200, "<html>It works!</html>");
    else
        answer = peer.answer(asked);
    answer.keep_alive(asked.keep_alive());
    answer.prepare_payload();
    std::string bytes = to_bytes(answer);
    if (wrong == fault_kind::half_an_answer) return {without_its_end(std::move(bytes)), false};
    return {std::move(bytes), asked.keep_alive() && wrong != fault_kind::closes_after_answer};
}

/// Waits as long as the fault wants it; false: the connection is to be closed without an answer.
task<bool> sit_out(fault wrong, upstream& peer, tcp_socket& socket) {
    if (wrong.kind == fault_kind::slow) {
        steady_timer delay(socket.get_executor(), wrong.delay);
        co_await delay.async_wait(as_result);
    } else if (wrong.kind == fault_kind::held) {
        co_await peer.released().async_wait(as_result);
    } else if (wrong.kind == fault_kind::no_answer || wrong.kind == fault_kind::silent_reused) {
        co_await socket.async_wait(tcp_socket::wait_read, as_result);  // its end, for nothing else is to come
        co_return false;
    }
    co_return wrong.kind != fault_kind::reset&& wrong.kind != fault_kind::closes_reused;
}

template <class Stream>
task<> exchange(Stream& stream, upstream& peer) {
    listed_connection self(socket_of(stream), peer.open());
    boost::beast::flat_buffer buffer;
    for (bool is_reused = false;; is_reused = true) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(std::numeric_limits<std::uint64_t>::max());
        self.waits_for_head = true;
        const auto [read_error, size] = co_await http::async_read(stream, buffer, parser, as_result);
        self.waits_for_head = false;
        if (read_error) co_return;
        const request asked = parser.release();
        fault wrong;
        if (!is_control(asked)) {
            peer.log().add(asked, self.number);
            wrong = peer.told().take_fault(about(asked), is_reused);
            const bool answers = co_await sit_out(wrong, peer, socket_of(stream));
            if (wrong.kind == fault_kind::reset) self.reset();
            if (!answers) co_return;
        }
        const reaction now = react(asked, peer, wrong.kind);
        const auto [write_error, sent] = co_await asio::async_write(stream, asio::buffer(now.bytes), as_result);
        if (write_error || !now.keeps_connection) co_return;
    }
}

}  // namespace

task<> converse(tcp_socket stream, upstream& peer) { co_await exchange(stream, peer); }

#if PUSHERD_TLS
task<> converse_by_tls(asio::ssl::stream<tcp_socket> stream, upstream& peer) {
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
    if (!error) co_await exchange(stream, peer);
}
#endif

}  // namespace pusherd::stubs
