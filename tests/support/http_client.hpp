#pragma once

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::testing {

/// An answer, as it came over the wire.
struct answer {
    int status = 0;
    std::multimap<std::string, std::string> fields;  ///< names in lower case
    std::string body;

    /// The value of a field that must be there once; "" if it is not, "several" if there are more.
    [[nodiscard]] std::string field(const std::string& lower_case_name) const;
    [[nodiscard]] boost::json::value json() const;
    [[nodiscard]] std::string errcode() const;
    [[nodiscard]] std::string error() const;
};

/// A connection to 127.0.0.1, with plain blocking calls that give up (throw) after ten seconds. Sends what it is told,
/// well-formed or not: a library's client would refuse what these tests are about.
class http_connection {
public:
    /// How much the system may hold of what has come and is not read yet.
    enum class buffers : std::uint8_t { usual, small };

    explicit http_connection(std::uint16_t port, buffers how = buffers::usual);
    ~http_connection();
    http_connection(http_connection&& other) noexcept;
    http_connection& operator=(http_connection&&) = delete;

    /// Sends bytes as they are; false if the server has closed meanwhile.
    bool send(std::string_view bytes);

    /// Ends our side: the server reads an end of file.
    void shutdown_send();

    /// Ends both sides: what another thread is sending fails, and what the server still sends is refused.
    void shutdown_both();

    /// Reads one answer. `to_head`: it is one to a HEAD, and has no body whatever its length says.
    [[nodiscard]] answer read_answer(bool to_head = false);

    /// Whether the server closes the connection, without another byte, within the time.
    [[nodiscard]] bool is_closed_within(std::chrono::milliseconds time);

    /// Whether a byte, or the end, is there within the time.
    [[nodiscard]] bool is_readable_within(std::chrono::milliseconds time) const;

private:
    void fill();

    int socket_;
    std::string arrived_;
};

/// A request with what every request needs.
/// @param fields more fields, each with its CRLF
[[nodiscard]] std::string request(std::string_view method, std::string_view target, std::string_view token = {},
                                  std::string_view body = {}, std::string_view fields = {});

/// Requests over one connection of their own.
class http_client {
public:
    explicit http_client(std::uint16_t port, std::string token = {}) : port_(port), token_(std::move(token)) {}

    answer get(std::string_view target = "/_matrix/client/v3/pushers");
    answer post(std::string_view target, std::string_view body);
    answer set(std::string_view body) { return post("/_matrix/client/v3/pushers/set", body); }
    answer send(std::string_view method, std::string_view target, std::string_view body = {});

private:
    std::uint16_t port_;
    std::string token_;
    std::optional<http_connection> connection_;
};

/// The body of a set of an http pusher.
[[nodiscard]] std::string pusher_body(std::string_view app_id, std::string_view pushkey, std::string_view lang = "en",
                                      std::optional<bool> append = std::nullopt);

/// The body of a set that deletes.
[[nodiscard]] std::string removal_body(std::string_view app_id, std::string_view pushkey);

}  // namespace pusherd::testing
