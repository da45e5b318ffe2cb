#pragma once

#include <boost/test/tree/decorator.hpp>
#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// The memory of another process, through /proc (proc(5)).
namespace pusherd::testing {

class process_memory {
public:
    explicit process_memory(pid_t process)
        : folder_("/proc/" + std::to_string(process)),
          memory_(::open((folder_ + "/mem").c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~process_memory() {
        if (memory_ >= 0) ::close(memory_);
    }
    process_memory(const process_memory&) = delete;
    process_memory& operator=(const process_memory&) = delete;

    [[nodiscard]] bool can_be_read() const noexcept { return memory_ >= 0; }

    [[nodiscard]] bool holds(std::string_view wanted) const {
        std::ifstream maps(folder_ + "/maps");
        for (std::string line; std::getline(maps, line);)
            if (const auto where = readable(line); where && holds(*where, wanted)) return true;
        return false;
    }

private:
    struct range {
        std::uint64_t begin;
        std::uint64_t end;
    };

    static std::optional<range> readable(const std::string& line) {
        range where{};
        char dash = 0;
        std::string rights;
        std::istringstream in(line);
        in >> std::hex >> where.begin >> dash >> where.end >> rights;
        // The kernel's own pages cannot be read this way.
        if (!in || rights.empty() || rights[0] != 'r' || line.find("[v") != std::string::npos) return std::nullopt;
        return where;
    }

    // Pages that are not there, such as those behind the end of a mapped file, are passed over.
    [[nodiscard]] bool holds(const range& where, std::string_view wanted) const {
        constexpr std::uint64_t page = 4096;
        constexpr std::uint64_t step = 256 * page;
        std::string bytes(step + page, '\0');
        for (std::uint64_t at = where.begin; at < where.end;) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(step + page, where.end - at));
            const ssize_t got = ::pread(memory_, bytes.data(), size, static_cast<off_t>(at));
            if (got > 0 &&
                std::string_view(bytes.data(), static_cast<std::size_t>(got)).find(wanted) != std::string::npos)
                return true;
            if (got <= 0) {
                if (++missing_ > most_missing) break;
                at += page;
            } else {
                missing_ = 0;
                // Once more what two steps might share.
                at += static_cast<std::uint64_t>(got) > step ? step : static_cast<std::uint64_t>(got);
            }
        }
        missing_ = 0;
        return false;
    }

    // So many pages in a row without a byte: the rest of a map that is larger than its file.
    static constexpr int most_missing = 8192;
    mutable int missing_ = 0;
    std::string folder_;
    int memory_;
};

[[nodiscard]] inline bool memory_holds(pid_t process, std::string_view wanted) {
    return process_memory(process).holds(wanted);
}

/// A precondition: sanitizers keep what was freed, and reserve more addresses than can be gone through.
inline boost::test_tools::assertion_result memory_can_be_looked_at(boost::unit_test::test_unit_id) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    const bool can_be = false;
#else
    const bool can_be = process_memory(::getpid()).can_be_read();
#endif
    boost::test_tools::assertion_result result(can_be);
    result.message() << "the memory of a process cannot be looked at";
    return result;
}

}  // namespace pusherd::testing
