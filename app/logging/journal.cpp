#include "app/logging/journal.hpp"

#include "domain/fixed_text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace pusherd::app {

bool stderr_is_the_journal() noexcept {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
    domain::fixed_text<64> ours;
    ours.append_number(status.st_dev).append(":").append_number(status.st_ino);
    return ours.view() == stream;
}

std::string_view error_prefix() noexcept {
    static const std::string_view prefix = stderr_is_the_journal() ? "<3>" : "";
    return prefix;
}

}  // namespace pusherd::app
