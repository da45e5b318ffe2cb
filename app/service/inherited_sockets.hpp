#pragma once

#include "net/server/inherited_socket.hpp"

#include <vector>

namespace pusherd::app {

/// Takes over the sockets that the service manager has opened for this process (sd_listen_fds(3)). The variables that
/// tell of them leave the environment: to be called once, before there are threads. By hand, as
/// app/service/systemd.hpp.
/// @return their descriptors, which exec() closes from now on; none: there are no such sockets
/// Throws unusable_arguments for what cannot be served: no stream socket that listens, or one whose name
/// (FileDescriptorName= in systemd.socket(5)) is not known here. It might be meant for fewer eyes.
[[nodiscard]] std::vector<net::inherited_socket> take_inherited_sockets();

}  // namespace pusherd::app
