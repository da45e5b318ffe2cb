#include "bench/load/client.hpp"

#include <boost/asio/buffer.hpp>

#include <cstring>

namespace pusherd::bench {
namespace {

constexpr std::chrono::milliseconds pause_before_reconnecting{10};

}  // namespace

client::client(net::asio::io_context& context, const net::tcp::endpoint& server, client_owner& owner,
               std::size_t in_flight, bool keep_alive)
    : server_(server),
      owner_(owner),
      keep_alive_(keep_alive),
      socket_(context.get_executor()),
      pause_(context.get_executor()),
      in_flight_(keep_alive ? in_flight : 1) {}

void client::start() {
    if (keep_alive_)
        connect();
    else
        fill();  // connects for each request
}

void client::connect() {
    is_connecting_ = true;
    socket_.async_connect(server_, [this](const boost::system::error_code& failed) {
        is_connecting_ = false;
        if (failed == net::asio::error::operation_aborted) return;
        if (failed) return end_connection(failed.message());
        boost::system::error_code ignored;
        socket_.set_option(net::tcp::no_delay(true), ignored);
        socket_.non_blocking(true, ignored);
        is_connected_ = true;
        fill();
        read();
    });
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
    if (output_.empty() || waits_to_send_ || is_connecting_) return;
    if (!is_connected_) return connect();
    boost::system::error_code failed;
    sent_ += socket_.write_some(net::asio::buffer(output_) + sent_, failed);
    if (sent_ == output_.size()) {
        output_.clear();
        sent_ = 0;
    } else if (!failed || failed == net::asio::error::would_block) {
        waits_to_send_ = true;
        socket_.async_wait(net::tcp_socket::wait_write, [this](const boost::system::error_code& stopped) {
            waits_to_send_ = false;
            if (!stopped) flush();
        });
    }
    // Another failure is met by the read that is under way.
}

void client::read() {
    const auto room = net::asio::buffer(input_) + unparsed_;
    socket_.async_read_some(room, [this](const boost::system::error_code& failed, std::size_t count) {
        if (failed == net::asio::error::operation_aborted) return;
        if (!failed) return on_bytes(unparsed_ + count);
        if (failed == net::asio::error::eof && !in_flight_.empty() && parser_.end_of_stream()) {
            (void)take_answer();
            return reconnect();
        }
        end_connection(failed.message());
    });
}

void client::on_bytes(std::size_t count) {
    std::string_view left(input_.data(), count);
    while (!left.empty()) {
        std::size_t used = 0;
        const auto read_so_far = parser_.read(left, used);
        left.remove_prefix(used);
        if (read_so_far == response_parser::progress::need_more) break;
        if (read_so_far == response_parser::progress::failed) return end_connection("no HTTP response");
        if (in_flight_.empty()) return end_connection("a response that was not asked for");
        if (!take_answer()) return reconnect();
    }
    if (left.size() == input_.size()) return end_connection("a response whose head is too large");
    std::memmove(input_.data(), left.data(), left.size());
    unparsed_ = left.size();
    fill();
    read();
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
    for (const request& each : in_flight_) owner_.on_lost(each);
    in_flight_.clear();
    is_paused_ = true;
    pause_.expires_after(pause_before_reconnecting);
    boost::system::error_code ignored;
    socket_.close(ignored);
    pause_.async_wait([this](const boost::system::error_code& stopped) {
        is_paused_ = false;
        if (!stopped) reconnect();
    });
}

void client::reconnect() {
    for (const request& each : in_flight_) owner_.on_lost(each);  // the server closed behind an earlier answer
    in_flight_.clear();
    boost::system::error_code ignored;
    socket_.close(ignored);
    is_connected_ = false;
    waits_to_send_ = false;
    output_.clear();
    sent_ = 0;
    unparsed_ = 0;
    parser_.next();
    start();
}

}  // namespace pusherd::bench
