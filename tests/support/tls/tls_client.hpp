#pragma once

#include "tests/support/http_client.hpp"

#include <memory>
#include <optional>
#include <string>

struct ssl_ctx_st;
struct ssl_session_st;

namespace pusherd::testing {

/// A client of TLS, on OpenSSL as everybody uses it. One thread, but for the streams that it makes.
class tls_client final : public secure_client {
public:
    struct options {
        int lowest = 0;  ///< versions, such as TLS1_2_VERSION; 0: any that OpenSSL has
        int highest = 0;
        std::string ciphers{};                   ///< of TLS 1.2 and below, as OpenSSL lists them; empty: its own choice
        std::string protocols{};                 ///< for ALPN, such as "http/1.1,h2"; empty: none are offered
        std::optional<std::string> authority{};  ///< the server's must be vouched for by this certificate (PEM), and be
                                                 ///< localhost's; nothing: any certificate is fine
        std::size_t record_size = 0;  ///< what is sent goes in records of so many bytes; 0: as large as they may be
        bool resumes = false;         ///< offers the last session of this client
    };

    explicit tls_client(options how);
    tls_client() : tls_client(options()) {}
    ~tls_client() override;

    tls_client(const tls_client&) = delete;
    tls_client& operator=(const tls_client&) = delete;

    [[nodiscard]] std::unique_ptr<secure_stream> connect(int socket) override;

    // Of the connection made last.

    /// Such as `TLSv1.3`.
    [[nodiscard]] const std::string& version() const noexcept { return version_; }
    /// Such as `ECDHE-ECDSA-AES128-GCM-SHA256`.
    [[nodiscard]] const std::string& cipher() const noexcept { return cipher_; }
    /// Such as `http/1.1`; empty: none was chosen.
    [[nodiscard]] const std::string& protocol() const noexcept { return protocol_; }
    [[nodiscard]] bool was_resumed() const noexcept { return was_resumed_; }
    /// The name in the server's certificate.
    [[nodiscard]] const std::string& server_name() const noexcept { return server_name_; }

    /// How many tickets have come in all.
    [[nodiscard]] int tickets() const noexcept { return tickets_; }

private:
    struct free_context {
        void operator()(ssl_ctx_st* each) const noexcept;
    };
    struct free_session {
        void operator()(ssl_session_st* each) const noexcept;
    };

    options how_;
    std::unique_ptr<ssl_ctx_st, free_context> context_;
    std::unique_ptr<ssl_session_st, free_session> session_;
    std::string version_;
    std::string cipher_;
    std::string protocol_;
    std::string server_name_;
    bool was_resumed_ = false;
    int tickets_ = 0;
};

/// The first flight of a client, as bytes: for those who send it badly, or nothing behind it.
[[nodiscard]] std::string client_hello();

}  // namespace pusherd::testing
