#include "bench/load/process_usage.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace pusherd::bench {

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

}  // namespace pusherd::bench
