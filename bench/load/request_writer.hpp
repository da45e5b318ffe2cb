#pragma once

#include "bench/load/request_kind.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pusherd::bench {

/// Where the server is.
struct target {
    std::string host;
    std::string port;
    std::string prefix;      ///< what comes before `/pushers`
    bool is_secure = false;  ///< https

    /// For the Host field (RFC 9112, 3.2): an IPv6 address stands in brackets there (RFC 3986, 3.2.2).
    [[nodiscard]] std::string authority() const {
        const bool is_ipv6 = host.find(':') != std::string::npos;
        return (is_ipv6 ? '[' + host + ']' : host) + ':' + port;
    }
};

/// Writes requests. One a thread; the tokens must outlive it.
class request_writer {
public:
    /// @param first_revision of the sets that change; each thread needs a range of its own
    request_writer(const target& where, const std::vector<std::string>& tokens, bool keep_alive,
                   std::uint64_t first_revision);

    /// Appends a request of the user with this number.
    void append(std::string& out, request_kind kind, std::size_t user);

private:
    void append_set(std::string& out, std::size_t user, const std::string& body) const;

    const std::vector<std::string>& tokens_;
    std::string list_begin_;
    std::string set_begin_;
    std::string fields_;
    std::uint64_t revision_;
};

}  // namespace pusherd::bench
