#pragma once

#include "app/configuration/options.hpp"
#include "app/logging/log.hpp"
#include "net/pokes/delivery.hpp"
#include "net/server/server.hpp"
#include "net/tls/credentials.hpp"

namespace pusherd::app {

/// Reads the options of a running server again, and changes what can be changed while it runs. One thread.
class reloader {
public:
    /// What can be changed.
    struct parts {
        net::server& server;
        net::tls::credentials* credentials;   ///< none: it does not speak TLS
        net::poke_delivery* pokes = nullptr;  ///< none: nobody sends pokes
    };

    /// @param running what the server was started with
    /// @param read_again gives what is to hold from now on
    reloader(serve_configuration running, read_configuration read_again, const parts& changing, stderr_log& log);

    /// Does so, and tells the log and the service manager. Options that cannot be used, such as a file that cannot be
    /// read, and a certificate that cannot be used, leave everything as it was.
    void reload() noexcept;

    /// What holds now.
    [[nodiscard]] const serve_options& running() const noexcept { return running_.serve; }

private:
    void adopt(const serve_configuration& wanted);

    serve_configuration running_;
    read_configuration read_again_;
    parts changing_;
    stderr_log& log_;
};

}  // namespace pusherd::app
