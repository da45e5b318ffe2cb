#pragma once

#include <cstdint>
#include <string>

namespace pusherd::net {

/// An address to listen on: `HOST:PORT`, `tls:HOST:PORT` or `unix:/path`.
struct listen_address {
    enum class kind : std::uint8_t { plain, tls, unix_domain };

    kind how;
    std::string where;  ///< `HOST:PORT`, or the path
};

/// Takes it apart; whether it can be used, check_listen_address() says.
[[nodiscard]] listen_address parse_listen_address(const std::string& text);

/// What is wrong with an address to listen on, as it is written; empty: nothing.
[[nodiscard]] std::string check_listen_address(const std::string& text);

}  // namespace pusherd::net
