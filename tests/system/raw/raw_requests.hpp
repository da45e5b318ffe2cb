#pragma once

#include "tests/support/pusherd_folder.hpp"
#if PUSHERD_TLS
#include "tests/support/tls/test_certificate.hpp"
#include "tests/support/tls/tls_client.hpp"
#endif

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Bytes that somebody sends, and all that the server must do about them. Each row is sent over a connection of its own
/// with an honest request right behind it, once more byte by byte, and once more through TLS.
namespace pusherd::testing {

/// In `bytes`, `{token}` stands for Alice's token, `{encoded}` for the same with every byte percent-encoded,
/// `{twice}` with every percent sign of that encoded again.
///
/// `expected` is every answer, in order, and how it ends:
/// - a status, with the errcode of a refusal or the outcome of a set;
/// - then `kept`: the honest request was answered, and so is one after it, and nothing else was;
///   or `closed`: the server closed behind the last answer, which said so, and the honest request was not answered;
///   or `waits`: it is still owed bytes, and closes without a word once it is told that none will come.
struct raw_case {
    std::string_view what;
    std::string bytes;
    std::string_view expected;
};

class raw_server {
public:
    raw_server();

    /// Checks the rows, and then that none has changed anything.
    void check(const std::vector<raw_case>& table);

private:
    enum class sending { at_once, byte_by_byte, through_tls };

    [[nodiscard]] static const char* name_of(sending how);
    void check(const raw_case& row, sending how);
    [[nodiscard]] std::string exchange(const raw_case& row, sending how);
    [[nodiscard]] std::string read_transcript(http_connection& connection, const raw_case& row) const;
    [[nodiscard]] std::string bytes_of(const raw_case& row) const;
    [[nodiscard]] std::string honest_request() const;

    pusherd_folder folder_;
#if PUSHERD_TLS
    net::tls::certificate_files certificate_ = test_certificate().write(folder_.file("."));
    tls_client tls_;
    pusherd_server server_{folder_.data(),
                           {"--set-rate", "0", "--listen", "tls:127.0.0.1:0", "--tls-cert", certificate_.chain.string(),
                            "--tls-key", certificate_.key.string()}};
    std::uint16_t tls_port_ = port_in(server_.process().wait_for_line(" (TLS)"));
#else
    pusherd_server server_{folder_.data(), {"--set-rate", "0"}};
#endif
    std::string token_ = folder_.issue("@alice:example.org");
    std::string honest_token_ = folder_.issue("@honest:example.org");
};

// The rows are about one thing each; these write the rest.

/// A removal of what is not there: 40 bytes, which the store answers `absent`.
inline constexpr std::string_view removal = R"({"kind":null,"app_id":"a","pushkey":"k"})";
static_assert(removal.size() == 40);

/// A request with this line, and a Host.
[[nodiscard]] std::string line(std::string_view request_line);

/// GET /health with more fields, each with its CRLF, and with what is behind its head.
[[nodiscard]] std::string health(std::string_view fields, std::string_view behind = {});

/// A set by Alice with these fields, and with what is behind its head.
[[nodiscard]] std::string set(std::string_view fields, std::string_view behind);

/// A set by Alice whose body comes in chunks; they are written out.
[[nodiscard]] std::string chunked(std::string_view chunks);

/// A GET with this target, and no token but what is in it.
[[nodiscard]] std::string get(std::string_view target);

/// A whole set by Alice that would be seen in her list: what somebody would smuggle.
[[nodiscard]] std::string smuggled();

}  // namespace pusherd::testing
