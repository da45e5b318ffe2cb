#pragma once

#include "net/api/routes.hpp"

#include <string>

namespace pusherd::net {

/// A listening socket that another process has opened, and gives to this one (sd_listen_fds(3)).
struct inherited_socket {
    int descriptor;
    bool is_tls = false;            ///< nothing is said in the clear on its connections
    surface offers = surface::api;  ///< what may be asked for on them
};

/// Why a descriptor cannot be listened on: it must be a TCP or a Unix stream socket that is open for connections;
/// empty: it can be.
[[nodiscard]] std::string check_inherited_socket(int descriptor);

/// What such a socket is called: `HOST:PORT`, or `unix:` and its path.
[[nodiscard]] std::string address_of_inherited(int descriptor);

/// Whether a socket is one of the Internet's, and not a Unix one.
[[nodiscard]] bool is_internet_socket(int descriptor) noexcept;

}  // namespace pusherd::net
