#include "app/service/open_file_limit.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <string>

namespace pusherd::app {
namespace {

// Beside connections: the database, the log, sockets to listen on, epoll and event descriptors of each thread.
constexpr rlim_t descriptors_beside_connections = 256;

}  // namespace

std::size_t raise_open_file_limit(std::size_t connections, domain::logger& log) {
    const rlim_t wanted = connections + descriptors_beside_connections;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return connections;
    rlimit raised{wanted, std::max(wanted, limit.rlim_max)};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return connections;  // the hard limit as well: root may
    raised = {std::min(wanted, limit.rlim_max), limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) != 0 || raised.rlim_cur >= wanted) return connections;
    const auto possible =
        std::max<rlim_t>(raised.rlim_cur, descriptors_beside_connections + 1) - descriptors_beside_connections;
    log.write(domain::severity::warning, "only " + std::to_string(possible) + " of " + std::to_string(connections) +
                                             " connections are possible: raise the limit of open files (LimitNOFILE=)");
    return possible;
}

}  // namespace pusherd::app
