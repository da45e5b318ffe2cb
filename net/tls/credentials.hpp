#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace pusherd::net {
class connection_socket;
}

namespace pusherd::net::tls {

class channel;

/// TLS cannot be used, or not with these files. what() is one line for the operator.
class unusable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a server proves itself with, as PEM.
struct certificate_files {
    std::filesystem::path chain;  ///< its certificate first, then those that vouch for it
    std::filesystem::path key;    ///< the certificate's private key, not encrypted
};

/// A server's certificate and key, and all that its TLS connections share. Any thread. It must outlive the connections.
class credentials {
public:
    /// Throws unusable: files that cannot be read, do not belong together, or are of no use any more.
    explicit credentials(certificate_files files);
    ~credentials();

    credentials(const credentials&) = delete;
    credentials& operator=(const credentials&) = delete;

    /// Reads the files anew: connections that are accepted from then on are proved by them; those that there are, and
    /// the tickets that their clients hold, stay good. Throws unusable; everything is as it was then. One thread.
    void reload();

    /// The same in two steps, the second of which cannot fail, and perhaps from other files.
    struct renewal;
    [[nodiscard]] std::shared_ptr<renewal> read(certificate_files files) const;
    void adopt(renewal& read) noexcept;

    /// Whether what was read is another certificate than the one in use, whoever vouches for it.
    [[nodiscard]] bool is_another(const renewal& read) const noexcept;

    /// When the certificate in use ends.
    [[nodiscard]] std::chrono::sys_seconds expiry() const noexcept;

    /// The server's side of a new connection. The socket must outlive it. Throws bad_alloc.
    [[nodiscard]] std::unique_ptr<channel> accept(const connection_socket& socket) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace pusherd::net::tls
