#pragma once

#include "domain/logger.hpp"
#include "net/tls/credentials.hpp"

#include <memory>
#include <string>

namespace pusherd::app {

/// The certificate and key that a server proves itself with; nothing unless they are needed. Warns of a key that others
/// may read. Throws unusable_arguments and net::tls::unusable.
[[nodiscard]] std::unique_ptr<net::tls::credentials> load_credentials(bool are_needed,
                                                                      const net::tls::certificate_files& files,
                                                                      domain::logger& log);

/// `valid until 2027-02-24T12:00:00Z`, of the one in use.
[[nodiscard]] std::string validity(const net::tls::credentials& credentials);

/// The same anew, while they are in use, perhaps from other files: to be adopted. Nothing if there are none.
[[nodiscard]] std::shared_ptr<net::tls::credentials::renewal> read_credentials_again(
    const net::tls::credentials* credentials, const net::tls::certificate_files& files, domain::logger& log);

}  // namespace pusherd::app
