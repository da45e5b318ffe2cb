#include "bench/load/open_files.hpp"

#include "bench/load/run.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <string>

namespace pusherd::bench {
namespace {

constexpr rlim_t descriptors_beside_connections = 64;

}  // namespace

void raise_open_file_limit(std::size_t connections) {
    const rlim_t wanted = connections + descriptors_beside_connections;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    const rlimit raised{wanted, std::max(wanted, limit.rlim_max)};
    if (::setrlimit(RLIMIT_NOFILE, &raised) != 0)
        throw run_failed("so many connections need a higher limit of open files: ulimit -n " + std::to_string(wanted));
}

void raise_open_file_limit_to_most() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace pusherd::bench
