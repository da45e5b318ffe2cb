#include "persistence/files/file_calls.hpp"

#include "persistence/engine/storage_error.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

namespace pusherd::persistence {

namespace fs = std::filesystem;

std::string reason() { return std::generic_category().message(errno); }

void refuse(const fs::path& path, const std::string& why) { throw unusable_database(path.string() + ": " + why); }

fs::path parent_of(const fs::path& folder) {
    const fs::path absolute = fs::absolute(folder).lexically_normal();
    return absolute.has_filename() ? absolute.parent_path() : absolute.parent_path().parent_path();
}

descriptor::descriptor(const fs::path& path, int flags) : value_(::open(path.c_str(), flags | O_CLOEXEC)) {}

}  // namespace pusherd::persistence
