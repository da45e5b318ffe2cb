#include "app/service/core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace pusherd::app {
namespace {

// The soft limit alone: an ordinary user could not raise the hard one again.
void limit_core_files(bool are_wanted) noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_CORE, &limit) != 0) return;
    limit.rlim_cur = are_wanted ? limit.rlim_max : 0;
    ::setrlimit(RLIMIT_CORE, &limit);
}

}  // namespace

// Both: the limit does not hold where core files are piped to a program (core(5), /proc/sys/kernel/core_pattern).
void forbid_core_dumps() noexcept {
    limit_core_files(false);
    ::prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
}

void allow_core_dumps() noexcept {
    limit_core_files(true);
    ::prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);
}

}  // namespace pusherd::app
