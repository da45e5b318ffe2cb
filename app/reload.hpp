#pragma once

#include "app/log.hpp"
#include "app/options.hpp"
#include "net/server/server.hpp"

namespace pusherd::app {

/// Reads the options of a running server again, and changes what can be changed while it runs. One thread.
class reloader {
public:
    /// @param running what the server was started with
    /// @param read_again gives what is to hold from now on
    reloader(serve_configuration running, read_configuration read_again, net::server& server, stderr_log& log);

    /// Does so, and tells the log and the service manager. Options that cannot be used, such as a file that cannot be
    /// read, leave everything as it was.
    void reload() noexcept;

    /// What holds now.
    [[nodiscard]] const serve_options& running() const noexcept { return running_.serve; }

private:
    void adopt(const serve_configuration& wanted);

    serve_configuration running_;
    read_configuration read_again_;
    net::server& server_;
    stderr_log& log_;
};

}  // namespace pusherd::app
