#include "net/upstream/upstream_connection.hpp"

#include "net/server/outgoing_connection.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::string_view too_late = "it took too long";
constexpr unsigned reads_a_turn = 8;

bool is_connected(const connection_socket& socket) noexcept {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    return ::getpeername(socket.descriptor(), reinterpret_cast<sockaddr*>(&peer), &size) == 0;
}

}  // namespace

upstream_connection::~upstream_connection() {
    if (tls_) tls_->end_sending();
}

void upstream_connection::check_deadline(clock::time_point now) noexcept {
    if (now < deadline_) return;
    is_late_ = true;
    waiting_.resume_later(loop_);
}

task<std::string> upstream_connection::connect(tcp::endpoint to, tls::meeting how, clock::time_point deadline) {
    deadline_ = deadline;
    socket_ = std::make_unique<connection_socket>(open_socket(to));
    if (socket_->descriptor() < 0) co_return text_of(errno);
    if (const int error = begin_connecting(*socket_, to, loop_, *this); error != 0) co_return text_of(error);
    for (;;) {
        if (const int error = connect_error(*socket_); error != 0) co_return text_of(error);
        if (is_connected(*socket_)) break;
        if (is_late_) co_return std::string(too_late);
        co_await until_ready();
    }
    if (how.context == nullptr) co_return std::string();
    tls_ = std::make_unique<tls::channel>(*how.context, *socket_, tls::channel::side::client);
    tls_->expect(how);
    std::string problem = co_await shake_hands();
    co_return problem;
}

task<std::string> upstream_connection::shake_hands() {
    for (;;) {
        const auto shaken = tls_->shake_hands();
        if (!shaken.failed) co_return std::string();
        if (!shaken.must_wait()) co_return why_no_handshake(shaken.failed);
        if (is_late_) co_return std::string(too_late);
        co_await until_ready();
    }
}

std::string upstream_connection::why_no_handshake(const boost::system::error_code& failed) const {
    const char* const distrust = tls_->why_not_trusted();
    return "no TLS: " + (distrust != nullptr ? "its certificate: " + std::string(distrust) : failed.message());
}

task<std::string> upstream_connection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = tls_ ? tls_->send(bytes) : socket_->send(bytes);
        bytes.remove_prefix(sent.bytes);
        if (bytes.empty()) break;
        if (sent.failed && !sent.must_wait()) co_return sent.failed.message();
        if (is_late_) co_return std::string(too_late);
        if (sent.must_wait()) co_await until_ready();
    }
    co_return std::string();
}

// What has come, or why nothing will.
task<connection_socket::transfer> upstream_connection::receive(std::span<char> room) {
    for (;;) {
        const auto received = tls_ ? tls_->receive(room) : socket_->receive(room);
        if (received.bytes != 0 || !received.must_wait()) co_return received;
        if (is_late_) co_return connection_socket::transfer{.failed = make_error_code(asio::error::timed_out)};
        co_await until_ready();
    }
}

task<exchanged> upstream_connection::exchange(std::string_view request, clock::time_point deadline,
                                              answer_bound bound) {
    deadline_ = deadline;
    is_late_ = false;
    exchanged done;
    done.was_unheard = true;
    done.problem = co_await send(request);
    std::array<char, 4096> room;
    answer_reader reader(bound);
    for (unsigned reads = 1; done.problem.empty() && !reader.is_complete(); ++reads) {
        // One that sends faster than it is read must not keep the thread, nor pass the deadline, which is the loop's.
        if (reads % reads_a_turn == 0) co_await waiting_.until_next_turn(loop_);
        const auto received = co_await receive(room);
        if (is_late_) {
            done.problem = too_late;
        } else if (received.bytes != 0) {
            done.was_unheard = false;
            done.problem = reader.read({room.data(), received.bytes});
            done.was_nonsense = !done.problem.empty();
        } else if (received.failed == asio::error::eof) {
            done.problem = reader.end();
            break;
        } else {
            done.problem = is_late_ ? std::string(too_late) : received.failed.message();
        }
    }
    deadline_ = clock::time_point::max();
    done.is_late = is_late_;
    if (!done.problem.empty()) co_return done;
    done.may_be_kept = reader.keeps_connection() && !is_late_;
    done.retry_after = reader.retry_after();
    done.answer = reader.take();
    co_return done;
}

bool upstream_connection::is_open() {
    std::array<char, 1> room;
    const auto received = tls_ ? tls_->receive(room) : socket_->receive(room);
    return received.bytes == 0 && received.must_wait();
}

}  // namespace pusherd::net
