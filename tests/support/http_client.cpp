#include "tests/support/http_client.hpp"

#include "tests/support/exchange_recorder.hpp"

#include <arpa/inet.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pusherd::testing {
namespace {

namespace recorder = exchange_recorder;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

std::string to_lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

}  // namespace

std::string answer::field(const std::string& lower_case_name) const {
    if (fields.count(lower_case_name) > 1) return "several";
    const auto found = fields.find(lower_case_name);
    return found == fields.end() ? "" : found->second;
}

boost::json::value answer::json() const { return boost::json::parse(body); }

std::string answer::errcode() const {
    const auto object = json();
    return std::string(object.at("errcode").as_string());
}

std::string answer::error() const {
    const auto object = json();
    return std::string(object.at("error").as_string());
}

http_connection::http_connection(std::uint16_t port, buffers how)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // Not the smallest: a window of 2 KB opens only with the sender's timer, five times a second.
    const int little = 8 * 1024;
    if (how == buffers::small) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    recorder::begin(socket_, recorder::listener_at(port));
}

http_connection::http_connection(const std::filesystem::path& socket)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) fail("socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.string().copy(address.sun_path, sizeof address.sun_path - 1);
    connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    recorder::begin(socket_, socket.string());
}

void http_connection::connect(const sockaddr* address, std::size_t size) {
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(socket_, address, static_cast<socklen_t>(size)) == 0) return;
    const int problem = errno;
    ::close(socket_);
    errno = problem;
    fail("connect");
}

http_connection::http_connection(std::uint16_t port, secure_client* client, buffers how) : http_connection(port, how) {
    if (client != nullptr) secure_ = client->connect(socket_);
}

http_connection::~http_connection() {
    secure_.reset();
    if (socket_ < 0) return;
    recorder::end(socket_);
    ::close(socket_);
}

http_connection::http_connection(http_connection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      secure_(std::move(other.secure_)),
      arrived_(std::move(other.arrived_)) {}

bool http_connection::send(std::string_view bytes) {
    recorder::sent(socket_, bytes);
    if (secure_) return secure_->send(bytes);
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
        if (sent < 0) fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void http_connection::shutdown_send() {
    if (secure_) secure_->end_sending();
    ::shutdown(socket_, SHUT_WR);
}

void http_connection::reset_at_end() {
    const linger at_once{1, 0};
    if (::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0) fail("SO_LINGER");
}

void http_connection::shutdown_both() { ::shutdown(socket_, SHUT_RDWR); }

void http_connection::fill() {
    char bytes[16 * 1024];
    const auto got =
        secure_ ? static_cast<ssize_t>(secure_->receive(bytes, sizeof bytes)) : ::recv(socket_, bytes, sizeof bytes, 0);
    if (got < 0) fail("recv");
    if (got == 0) throw std::runtime_error("the server closed the connection in the middle of an answer");
    arrived_.append(bytes, static_cast<std::size_t>(got));
}

answer http_connection::read_answer(bool to_head) {
    std::size_t end = 0;
    while ((end = arrived_.find("\r\n\r\n")) == std::string::npos) fill();
    answer out;
    const std::string head = arrived_.substr(0, end + 2);
    arrived_.erase(0, end + 4);
    out.status = std::stoi(head.substr(head.find(' ') + 1, 3));
    for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
        const std::size_t line_end = head.find("\r\n", line);
        const std::size_t colon = head.find(": ", line);
        out.fields.emplace(to_lower(head.substr(line, colon - line)), head.substr(colon + 2, line_end - colon - 2));
        line = line_end + 2;
    }
    const std::string length = out.field("content-length");
    const std::size_t size = to_head || length.empty() ? 0 : std::stoul(length);
    while (arrived_.size() < size) fill();
    out.body = arrived_.substr(0, size);
    arrived_.erase(0, size);
    recorder::answered(socket_, out);
    return out;
}

bool http_connection::is_readable_within(std::chrono::milliseconds time) const {
    if (!arrived_.empty()) return true;
    if (secure_) return secure_->is_readable_within(time);
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(time.count())) == 1;
}

bool http_connection::is_closed_within(std::chrono::milliseconds time) {
    if (!arrived_.empty() || !is_readable_within(time)) return false;
    if (secure_) return secure_->is_at_end();
    char byte = 0;
    const auto got = ::recv(socket_, &byte, 1, MSG_PEEK);
    return got == 0 || (got < 0 && errno == ECONNRESET);
}

std::string request(std::string_view method, std::string_view target, std::string_view token, std::string_view body,
                    std::string_view fields) {
    std::string out;
    out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
    if (!token.empty()) out.append("Authorization: Bearer ").append(token).append("\r\n");
    if (!body.empty() || method == "POST") out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    out.append(fields).append("\r\n").append(body);
    return out;
}

answer http_client::send(std::string_view method, std::string_view target, std::string_view body) {
    if (!connection_) connection_.emplace(port_, secure_);
    connection_->send(request(method, target, token_, body));
    answer got = connection_->read_answer(method == "HEAD");
    if (got.field("connection") == "close") connection_.reset();
    return got;
}

answer http_client::get(std::string_view target) { return send("GET", target); }

answer http_client::post(std::string_view target, std::string_view body) { return send("POST", target, body); }

std::string pusher_body(std::string_view app_id, std::string_view pushkey, std::string_view lang,
                        std::optional<bool> append) {
    boost::json::object body{{"kind", "http"},
                             {"app_id", app_id},
                             {"pushkey", pushkey},
                             {"app_display_name", "App"},
                             {"device_display_name", "Phone"},
                             {"lang", lang},
                             {"data", {{"url", "https://push.example.org/_matrix/push/v1/notify"}}}};
    if (append) body["append"] = *append;
    return boost::json::serialize(body);
}

std::string removal_body(std::string_view app_id, std::string_view pushkey) {
    return boost::json::serialize(boost::json::object{{"kind", nullptr}, {"app_id", app_id}, {"pushkey", pushkey}});
}

}  // namespace pusherd::testing
