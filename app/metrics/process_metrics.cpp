#include "app/metrics/process_metrics.hpp"

#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace pusherd::app {
namespace {

double in_seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

struct memory_use {
    std::uint64_t virtual_bytes = 0;
    std::uint64_t resident_bytes = 0;
};

// The first two numbers, in pages (proc(5)).
memory_use read_memory_use() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    file >> size >> resident;
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return {.virtual_bytes = size * page, .resident_bytes = resident * page};
}

std::uint64_t count_open_files() {
    std::error_code failed;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end;
         at.increment(failed))
        ++count;
    return count == 0 ? 0 : count - 1;  // the one that it was read by
}

// Seconds since the Unix epoch: how long ago it was by the clock that starts with the machine, from now. The 22nd field
// is in clock ticks; the second, in parentheses, may hold anything (proc(5)).
double start_time() {
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string passed_over;
    for (int i = 0; i < 19; ++i) fields >> passed_over;
    double ticks = 0;
    fields >> ticks;
    timespec since_boot{};
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
    ::clock_gettime(CLOCK_REALTIME, &now);
    const double age = static_cast<double>(since_boot.tv_sec) - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return static_cast<double>(now.tv_sec) - age;
}

}  // namespace

void write_process_metrics(prometheus_text& to) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const memory_use memory = read_memory_use();
    static const double started = start_time();

    to.family("process_cpu_seconds_total", "counter", "CPU time of the process, of user and system.");
    to.sample_seconds({}, in_seconds(used.ru_utime) + in_seconds(used.ru_stime));
    to.family("process_resident_memory_bytes", "gauge", "Resident memory, the pages of the database among it.");
    to.sample(memory.resident_bytes);
    to.family("process_virtual_memory_bytes", "gauge", "Address space, the whole map among it.");
    to.sample(memory.virtual_bytes);
    to.family("process_open_fds", "gauge", "Open descriptors.");
    to.sample(count_open_files());
    to.family("process_max_fds", "gauge", "How many there may be.");
    to.sample(files.rlim_cur);
    to.family("process_start_time_seconds", "gauge", "When the process began, since the Unix epoch.");
    to.sample_seconds({}, started);
}

}  // namespace pusherd::app
