#include "bench/load/hostile_client.hpp"

#include "net/server/outgoing_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace pusherd::bench {
namespace {

constexpr std::string_view up_to_status = "HTTP/1.1 200";

template <class Value>
void set_option(const net::connection_socket& socket, int name, const Value& value) noexcept {
    ::setsockopt(socket.descriptor(), SOL_SOCKET, name, &value, sizeof value);
}

}  // namespace

void hostile_client::open(const hostile_script& script) {
    script_ = &script;
    sent_ = 0;
    connected_ = false;
    status_line_.clear();
    socket_.emplace(net::open_socket(server_));
    if (socket_->descriptor() < 0) return fail(errno);
    // What is not read is to lie at the server: here it would be this machine's memory as well.
    if (!script.reads) set_option(*socket_, SO_RCVBUF, 1);
    if (const int error = net::begin_connecting(*socket_, server_, loop_, *this); error != 0) fail(error);
}

void hostile_client::on_ready(net::readiness what) {
    if (!connected_ && what.writable) {
        if (const int error = net::connect_error(*socket_); error != 0) return fail(error);
        on_connected();
    } else if (connected_ && what.writable) {
        send_rest();
    }
    if (is_closed() || !connected_) return;
    if (script_->reads && what.readable) read();
    if (!is_closed() && what.ended) end();
}

void hostile_client::on_connected() {
    connected_ = true;
    ++counts_.opened;
    counts_.most_open = std::max(counts_.most_open, ++counts_.open);
    send_rest();
    if (script_->leaves == hostile_script::leaving::when_connected) leave();
}

void hostile_client::send_rest() {
    if (sent_ >= script_->at_once.size()) return;
    const std::size_t bytes = socket_->send(std::string_view(script_->at_once).substr(sent_)).bytes;
    sent_ += bytes;
    counts_.bytes += bytes;
}

void hostile_client::drip() {
    if (is_closed() || !connected_ || sent_ < script_->at_once.size()) return;
    const std::size_t next = (sent_ - script_->at_once.size()) % script_->dripping.size();
    const std::size_t bytes = socket_->send(std::string_view(script_->dripping).substr(next, 1)).bytes;
    sent_ += bytes;
    counts_.bytes += bytes;
}

// Takes all there is, and notes what the server says first.
void hostile_client::read() {
    std::array<char, 16 * 1024> bytes;
    for (;;) {
        const auto received = socket_->receive(bytes);
        if (received.must_wait()) break;
        if (received.failed) return end();
        if (status_line_.size() >= up_to_status.size()) continue;
        status_line_.append(bytes.data(), std::min(received.bytes, up_to_status.size() - status_line_.size()));
        if (status_line_.size() < up_to_status.size()) continue;
        int status = 0;
        std::from_chars(status_line_.data() + up_to_status.size() - 3, status_line_.data() + up_to_status.size(),
                        status);
        ++counts_.answers[status];
    }
    const bool answered = status_line_.size() == up_to_status.size();
    if (answered && script_->leaves == hostile_script::leaving::when_answered) leave();
}

void hostile_client::leave() {
    if (script_->resets) set_option(*socket_, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
    socket_.reset();
    --counts_.open;
}

void hostile_client::end() {
    ++counts_.ended_by_server;
    socket_.reset();
    --counts_.open;
}

void hostile_client::fail(int error) {
    ++counts_.failures[net::text_of(error)];
    socket_.reset();
}

}  // namespace pusherd::bench
