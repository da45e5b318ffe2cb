#include "bench/load/client.hpp"

#include "net/server/outgoing_connection.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace pusherd::bench {

client::client(net::event_loop& loop, const net::tcp::endpoint& server, tls_context tls, client_owner& owner,
               std::size_t in_flight, bool keep_alive)
    : loop_(loop),
      server_(server),
      tls_context_(std::move(tls)),
      owner_(owner),
      keep_alive_(keep_alive),
      in_flight_(keep_alive ? in_flight : 1) {}

void client::start() {
    if (state_ == state::paused) state_ = state::closed;
    if (keep_alive_)
        connect();
    else
        fill();  // connects for each request
}

void client::connect() {
    socket_.emplace(net::open_socket(server_));
    if (socket_->descriptor() < 0) return end_connection(net::text_of(errno));
    state_ = state::connecting;
    if (const int error = net::begin_connecting(*socket_, server_, loop_, *this); error != 0)
        end_connection(net::text_of(error));
}

void client::on_connected() {
    if (const int error = net::connect_error(*socket_); error != 0) return end_connection(net::text_of(error));
    if (tls_context_) {
        tls_ = std::make_unique<net::tls::channel>(*tls_context_, *socket_, net::tls::channel::side::client);
        state_ = state::shaking_hands;
        return shake_hands();
    }
    state_ = state::connected;
    fill();
}

void client::shake_hands() {
    const auto shaken = tls_->shake_hands();
    if (shaken.must_wait()) return;
    if (shaken.failed) return end_connection("TLS: " + shaken.failed.message());
    state_ = state::connected;
    fill();
}

net::connection_socket::transfer client::receive(std::span<char> room) noexcept {
    return tls_ ? tls_->receive(room) : socket_->receive(room);
}

net::connection_socket::transfer client::send(std::string_view bytes) noexcept {
    return tls_ ? tls_->send(bytes) : socket_->send(bytes);
}

void client::on_ready(net::readiness what) {
    if (state_ == state::connecting && what.writable)
        on_connected();
    else if (state_ == state::shaking_hands)
        shake_hands();
    if (waits_to_send_ && what.writable) {
        waits_to_send_ = false;
        flush();
    }
    if (state_ == state::connected && what.readable) read(what.ended);
}

void client::add(const request& what) {
    in_flight_.push_back(what);
    owner_.write(what, output_);
}

void client::fill() {
    while (has_room()) {
        const std::size_t before = in_flight_.size();
        owner_.on_room(*this);
        if (in_flight_.size() == before) break;
    }
    flush();
}

void client::flush() {
    if (output_.empty() || waits_to_send_ || state_ == state::connecting || state_ == state::shaking_hands) return;
    if (state_ != state::connected) return connect();
    const auto done = send(std::string_view(output_).substr(sent_));
    sent_ += done.bytes;
    if (sent_ == output_.size()) {
        output_.clear();
        sent_ = 0;
    } else if (!done.failed || done.must_wait()) {
        waits_to_send_ = true;
    }
    // Another failure is met by the read that it is told as.
}

// After a read that has taken all there was, more is told; but not the end of the connection, of which nobody tells
// again. If there is more, the others have their turn first.
void client::read(bool to_the_end) {
    const auto room = std::span(input_).subspan(unparsed_);
    const auto done = receive(room);
    if (done.must_wait()) return;
    if (done.failed == net::asio::error::eof && !in_flight_.empty() && parser_.end_of_stream()) {
        (void)take_answer();
        return reconnect();
    }
    if (done.failed) return end_connection(done.failed.message());
    if (take_answers(unparsed_ + done.bytes) == reading::ended) return;
    fill();
    if (!done.took_all || to_the_end) read_later(to_the_end);
}

void client::read_later(bool to_the_end) {
    loop_.post([this, to_the_end] {
        if (state_ == state::connected) read(to_the_end);
    });
}

client::reading client::take_answers(std::size_t count) {
    const auto ended = [this](const char* why) {
        end_connection(why);
        return reading::ended;
    };
    std::string_view left(input_.data(), count);
    while (!left.empty()) {
        std::size_t used = 0;
        const auto read_so_far = parser_.read(left, used);
        left.remove_prefix(used);
        if (read_so_far == response_parser::progress::need_more) break;
        if (read_so_far == response_parser::progress::failed) return ended("no HTTP response");
        if (in_flight_.empty()) return ended("a response that was not asked for");
        if (!take_answer()) {
            reconnect();
            return reading::ended;
        }
    }
    if (left.size() == input_.size()) return ended("a response whose head is too large");
    std::memmove(input_.data(), left.data(), left.size());
    unparsed_ = left.size();
    return reading::goes_on;
}

// False: the connection ends with this answer.
bool client::take_answer() {
    const request what = in_flight_.front();
    in_flight_.pop_front();
    const bool goes_on = keep_alive_ && parser_.keep_alive();
    owner_.on_answer(what, parser_.status(), parser_.body());
    parser_.next();
    return goes_on;
}

void client::end_connection(const std::string& why) {
    owner_.on_failure(why);
    close();
    state_ = state::paused;
    owner_.on_pause(*this);
}

void client::reconnect() {
    close();
    start();
}

void client::close() {
    for (const request& each : in_flight_)
        owner_.on_lost(each);  // the server closed behind an earlier answer, or failed
    in_flight_.clear();
    tls_.reset();
    socket_.reset();
    state_ = state::closed;
    waits_to_send_ = false;
    output_.clear();
    sent_ = 0;
    unparsed_ = 0;
    parser_.next();
}

}  // namespace pusherd::bench
