#pragma once

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

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

/// A connection's bytes where they do not travel as they are, in place of the socket's calls; non-blocking below. Any
/// two threads, one of which sends.
class secure_stream {
public:
    virtual ~secure_stream() = default;
    /// As http_connection's.
    virtual bool send(std::string_view bytes) = 0;
    /// Waits for bytes, and takes as many as there is room for; 0: the end. Throws after ten seconds.
    virtual std::size_t receive(char* room, std::size_t size) = 0;
    /// Whether a byte, or the end, is there within the time.
    virtual bool is_readable_within(std::chrono::milliseconds time) = 0;
    /// Whether the end is what comes next, once something is there.
    virtual bool is_at_end() = 0;
    virtual void end_sending() = 0;
};

/// Who makes such streams, such as a tls_client.
class secure_client {
public:
    virtual ~secure_client() = default;
    /// On a socket that is connected, and stays the caller's. Throws if that fails.
    [[nodiscard]] virtual std::unique_ptr<secure_stream> connect(int socket) = 0;
};

/// A connection to 127.0.0.1, with plain blocking calls that give up (throw) after ten seconds. Sends what it is told,
/// well-formed or not: a library's client would refuse what these tests are about.
class http_connection {
public:
    /// How much the system may hold of what has come and is not read yet.
    enum class buffers : std::uint8_t { usual, small };

    explicit http_connection(std::uint16_t port, buffers how = buffers::usual);
    /// @param client none: in the clear
    http_connection(std::uint16_t port, secure_client* client, buffers how = buffers::usual);
    /// To a Unix socket.
    explicit http_connection(const std::filesystem::path& socket);
    ~http_connection();
    http_connection(http_connection&& other) noexcept;
    http_connection& operator=(http_connection&&) = delete;

    /// Sends bytes as they are; false if the server has closed meanwhile.
    bool send(std::string_view bytes);

    /// Ends our side: the server reads an end of file.
    void shutdown_send();

    /// Ends both sides: what another thread is sending fails, and what the server still sends is refused.
    void shutdown_both();

    /// From now on, the end of this object resets the connection, whatever has not been read by either side.
    void reset_at_end();

    /// Reads one answer. `to_head`: it is one to a HEAD, and has no body whatever its length says.
    [[nodiscard]] answer read_answer(bool to_head = false);

    /// Whether the server closes the connection, without another byte, within the time.
    [[nodiscard]] bool is_closed_within(std::chrono::milliseconds time);

    /// Whether a byte, or the end, is there within the time.
    [[nodiscard]] bool is_readable_within(std::chrono::milliseconds time) const;

private:
    void connect(const sockaddr* address, std::size_t size);
    void fill();

    int socket_;
    std::unique_ptr<secure_stream> secure_;  // none: in the clear
    std::string arrived_;
};

/// A request with what every request needs.
/// @param fields more fields, each with its CRLF
[[nodiscard]] std::string request(std::string_view method, std::string_view target, std::string_view token = {},
                                  std::string_view body = {}, std::string_view fields = {});

/// Requests over one connection of their own.
class http_client {
public:
    /// @param secure none: in the clear
    explicit http_client(std::uint16_t port, std::string token = {}, secure_client* secure = nullptr)
        : port_(port), token_(std::move(token)), secure_(secure) {}

    answer get(std::string_view target = "/_matrix/client/v3/pushers");
    answer post(std::string_view target, std::string_view body);
    answer set(std::string_view body) { return post("/_matrix/client/v3/pushers/set", body); }
    answer send(std::string_view method, std::string_view target, std::string_view body = {});

private:
    std::uint16_t port_;
    std::string token_;
    secure_client* secure_;
    std::optional<http_connection> connection_;
};

/// The body of a set of an http pusher.
[[nodiscard]] std::string pusher_body(std::string_view app_id, std::string_view pushkey, std::string_view lang = "en",
                                      std::optional<bool> append = std::nullopt);

/// The body of a set that deletes.
[[nodiscard]] std::string removal_body(std::string_view app_id, std::string_view pushkey);

}  // namespace pusherd::testing
