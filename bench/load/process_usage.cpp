#include "bench/load/process_usage.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

namespace pusherd::bench {
namespace {

// A line such as "VmRSS:      1234 kB".
std::optional<std::uint64_t> bytes_in(const std::string& line, std::string_view name) {
    if (!line.starts_with(name)) return std::nullopt;
    return std::stoull(line.substr(name.size())) * 1024;
}

}  // namespace

std::optional<process_usage> usage_of(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    // The second field is the program's name in parentheses, which may hold anything.
    std::istringstream rest(line.substr(line.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field <= 11; ++field) rest >> skipped;
    std::uint64_t major_faults = 0;
    double user = 0;
    double system = 0;
    rest >> major_faults >> skipped >> user >> system;
    if (!rest) return std::nullopt;
    const std::chrono::duration<double> cpu((user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK)));
    return process_usage{cpu, major_faults};
}

std::optional<process_holdings> holdings_of(pid_t process) {
    const std::filesystem::path folder = "/proc/" + std::to_string(process);
    std::optional<std::uint64_t> resident;
    std::optional<std::uint64_t> without_file;
    std::ifstream status(folder / "status");
    for (std::string line; std::getline(status, line);) {
        if (const auto bytes = bytes_in(line, "VmRSS:")) resident = bytes;
        if (const auto bytes = bytes_in(line, "RssAnon:")) without_file = bytes;
    }
    std::error_code denied;
    const std::filesystem::directory_iterator files(folder / "fd", denied);
    if (!resident || !without_file || denied) return std::nullopt;
    return process_holdings{*resident, *without_file,
                            static_cast<std::size_t>(std::distance(begin(files), end(files)))};
}

}  // namespace pusherd::bench
