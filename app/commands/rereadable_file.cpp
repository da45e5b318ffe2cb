#include "app/commands/rereadable_file.hpp"

#include "app/commands/commands.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace pusherd::app {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) {
    throw command_failed(what + ": " + std::generic_category().message(errno));
}

std::ifstream open_regular(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) fail(path + ": cannot be opened");
    return in;
}

/// Owns a descriptor.
class open_file {
public:
    explicit open_file(int value) : value_(value) {}
    ~open_file() { ::close(value_); }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;

    [[nodiscard]] int get() const noexcept { return value_; }

private:
    int value_;
};

/// A file among the system's temporary ones, that has no name any more once it has been opened to be read.
class nameless_file {
public:
    nameless_file() : path_((fs::temp_directory_path() / "pusherd-XXXXXX").string()), file_(::mkstemp(path_.data())) {
        if (file_.get() < 0) fail(path_ + ": cannot be created");
    }
    ~nameless_file() { ::unlink(path_.c_str()); }
    nameless_file(const nameless_file&) = delete;
    nameless_file& operator=(const nameless_file&) = delete;

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) fail("the input cannot be kept (TMPDIR names another folder for it)");
            if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    [[nodiscard]] std::ifstream open_to_read() const { return open_regular(path_); }

private:
    std::string path_;
    open_file file_;
};

std::ifstream keep(int source, const std::string& name) {
    nameless_file kept;
    std::array<char, 64 * 1024> bytes;
    for (;;) {
        const ssize_t got = ::read(source, bytes.data(), bytes.size());
        if (got == 0) return kept.open_to_read();
        if (got < 0 && errno != EINTR) fail(name + ": cannot be read");
        if (got > 0) kept.write({bytes.data(), static_cast<std::size_t>(got)});
    }
}

}  // namespace

std::ifstream open_rereadable(const std::string& file) {
    if (file == "-") return keep(STDIN_FILENO, "standard input");
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) return open_regular(file);
    const open_file source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (source.get() < 0) fail(file + ": cannot be opened");
    return keep(source.get(), file);
}

}  // namespace pusherd::app
