#include "bench/load/soak.hpp"

#include "bench/load/child.hpp"
#include "bench/load/process_usage.hpp"
#include "bench/load/run.hpp"
#include "bench/load/seed.hpp"
#include "persistence/registry/statistics.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>

namespace pusherd::bench {
namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{30};
constexpr std::chrono::milliseconds between_looks{20};
constexpr std::chrono::duration<double> longest_burst{5};
constexpr const char* mix_text = "list=50,set=15,unchanged=20,shared=10,delete=5";

clock::duration to_clock(std::chrono::duration<double> seconds) {
    return std::chrono::duration_cast<clock::duration>(seconds);
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A pusherd on a free port, and its log.
class server {
public:
    server(const soak_options& options, const std::string& name)
        : log_(options.folder / (name + ".log")),
          process_({options.pusherd.string(), "serve", "--data", (options.folder / "data").string(), "--listen",
                    "127.0.0.1:0", "--core-dumps"},  // whose open files we may count; and a crash is worth a look
                   log_),
          port_(wait_for_port()) {}

    [[nodiscard]] const std::string& port() const noexcept { return port_; }
    [[nodiscard]] pid_t pid() const noexcept { return process_.pid(); }
    [[nodiscard]] const fs::path& log() const noexcept { return log_; }

    /// Its exit status.
    int end(int signal) {
        process_.signal(signal);
        return process_.wait();
    }

private:
    std::string wait_for_port() {
        const auto end = clock::now() + patience;
        constexpr std::string_view before = "listening on 127.0.0.1:";
        while (clock::now() < end && !process_.has_ended()) {
            const std::string said = read_file(log_);
            const std::size_t at = said.find(before);
            const std::size_t line_end = said.find('\n', at);
            if (at != std::string::npos && line_end != std::string::npos)
                return said.substr(at + before.size(), line_end - at - before.size());
            std::this_thread::sleep_for(between_looks);
        }
        throw run_failed("the server does not start: " + read_file(log_));
    }

    fs::path log_;
    child process_;
    std::string port_;
};

run_options load_on(const server& where, const soak_options& options, std::chrono::duration<double> length) {
    run_options load;
    load.url = "http://127.0.0.1:" + where.port();
    load.where = {.host = "127.0.0.1", .port = where.port(), .prefix = "/_matrix/client/v3"};
    load.tokens = options.folder / "tokens.tsv";
    load.mix = *request_mix::parse(mix_text);
    load.connections = options.connections;
    load.rate = options.rate / 2;
    load.warm_up = {};
    load.duration = length;
    load.is_shown = false;
    return load;
}

class soaking {
public:
    explicit soaking(const soak_options& options)
        : options_(options), data_(open_seeded(options)), steady_(options, "steady"), begin_(clock::now()) {}

    soak_result run() {
        reach_high_water_marks();
        begin_ = clock::now();
        const run_options load = load_on(steady_, options_, options_.length);
        std::future<run_result> steady_load = std::async(std::launch::async, [&load] { return run_load(load); });
        while (left() > to_clock(options_.between_samples) || kills_ == 0) run_segment();
        run_result measured = steady_load.get();
        soak_result result{.load = load,
                           .measured = std::move(measured),
                           .answered_by_the_other = answered_,
                           .wrong_by_cause = std::move(wrong_),
                           .samples = std::move(samples_),
                           .settled = settling_time(options_.length),
                           .stops = stops_,
                           .kills = kills_,
                           .rotations = rotations_,
                           .faults = {}};
        for (const auto& [cause, count] : result.measured.measured.wrong_by_cause())
            result.wrong_by_cause[cause] += count;
        end();
        result.faults = std::move(faults_);
        return result;
    }

private:
    static std::unique_ptr<persistence::database> open_seeded(const soak_options& options) {
        if (fs::exists(options.folder) && !fs::is_empty(options.folder))
            throw run_failed(options.folder.string() + ": is not empty; soak makes a database of its own");
        seed({.data = options.folder / "data",
              .tokens = options.folder / "tokens.tsv",
              .users = options.users,
              .map_size = std::size_t{1} << 30});
        // Open all the time: opening it clears the slots of readers that were killed, which is the servers' business.
        return std::make_unique<persistence::database>(
            options.folder / "data", persistence::database_options{.mode = persistence::open_mode::look});
    }

    // What the largest batch of sets takes stays taken: memory by LMDB, for its next pages, and room in the file. Where
    // the machine hangs for a moment, more sets wait than ever before; so more than those wait at once in the
    // beginning.
    void reach_high_water_marks() {
        run_options burst = load_on(steady_, options_, std::min(options_.length / 10, longest_burst));
        burst.mix = *request_mix::parse("set=1");
        burst.connections = 4 * options_.connections;
        burst.rate = 0;
        burst.refusals_are_fine = true;  // by the rate of a user
        const run_result found = run_load(burst);
        for (const auto& [cause, count] : found.measured.wrong_by_cause()) wrong_["burst: " + cause] += count;
    }

    [[nodiscard]] clock::duration left() const { return begin_ + to_clock(options_.length) - clock::now(); }

    // The other server's life: from its start, over its share of the load, to its end.
    void run_segment() {
        server other(options_, "other");
        const auto length = std::max(std::min<std::chrono::duration<double>>(options_.between_restarts, left()),
                                     options_.between_samples);
        run_options load = load_on(other, options_, length);
        load.keep_alive = false;
        std::future<run_result> other_load = std::async(std::launch::async, [&load] { return run_load(load); });
        do {
            take_sample();
        } while (other_load.wait_for(options_.between_samples) == std::future_status::timeout);
        const run_result found = other_load.get();
        answered_ += found.measured.answered();
        for (const auto& [cause, count] : found.measured.wrong_by_cause()) wrong_["other: " + cause] += count;
        end_other(other);
        rotate_logs(other);
    }

    void end_other(server& other) {
        const bool is_kill = (stops_ + kills_) % 2 == 1;
        const int status = other.end(is_kill ? SIGKILL : SIGTERM);
        ++(is_kill ? kills_ : stops_);
        if (status != (is_kill ? 128 + SIGKILL : 0)) faults_.push_back(fmt::format("a server ended with {}", status));
    }

    // A log that is open is copied and cut off, one that is not is moved away.
    void rotate_logs(const server& other) {
        fs::rename(other.log(), options_.folder / "other.log.1");
        fs::copy_file(steady_.log(), options_.folder / "steady.log.1", fs::copy_options::overwrite_existing);
        fs::resize_file(steady_.log(), 0);
        ++rotations_;
    }

    void take_sample() {
        const auto holdings = holdings_of(steady_.pid());
        if (!holdings) throw run_failed("the server has ended: " + read_file(steady_.log()));
        const persistence::statistics found = persistence::take_statistics(*data_);
        samples_.push_back({.at = clock::now() - begin_,
                            .resident_bytes = holdings->resident_bytes,
                            .private_bytes = holdings->private_bytes,
                            .open_files = holdings->open_files,
                            .reader_slots = found.readers,
                            .file_bytes = found.file_bytes});
        show();
    }

    void show() const {
        if (::isatty(STDERR_FILENO) == 0) return;
        const soak_sample& now = samples_.back();
        fmt::print(stderr, "\r{:>6.0f} s to go: {:.2f} MB, {} open files, {} reader slots, data file {:.2f} MB   ",
                   std::chrono::duration<double>(left()).count(), static_cast<double>(now.resident_bytes) / 1e6,
                   now.open_files, now.reader_slots, static_cast<double>(now.file_bytes) / 1e6);
        std::fflush(stderr);
    }

    void end() {
        if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\n");
        if (const int status = steady_.end(SIGTERM); status != 0)
            faults_.push_back(fmt::format("the steady server ended with {}", status));
        // Cut off while it was open, and written behind that: not behind what was there before.
        const std::string said = read_file(steady_.log());
        if (said.empty() || said.front() == '\0' || said.find("stopped") == std::string::npos)
            faults_.push_back("the log of the steady server was not written on after it was cut off");
        child verify({options_.pusherd.string(), "verify", "--data", (options_.folder / "data").string()});
        if (const int status = verify.wait(); status != 0)
            faults_.push_back(fmt::format("verify ended with {}", status));
    }

    const soak_options& options_;
    std::unique_ptr<persistence::database> data_;
    server steady_;
    clock::time_point begin_;
    std::vector<soak_sample> samples_;
    std::uint64_t answered_ = 0;
    std::map<std::string, std::uint64_t> wrong_;
    std::uint64_t stops_ = 0;
    std::uint64_t kills_ = 0;
    std::uint64_t rotations_ = 0;
    std::vector<std::string> faults_;
};

}  // namespace

bool is_good(const soak_result& result) {
    const auto& all = soak_measures();
    return result.wrong_by_cause.empty() && result.faults.empty() && result.measured.measured.answered() != 0 &&
           std::all_of(all.begin(), all.end(),
                       [&](const soak_measure& each) { return judge(result.samples, each, result.settled).is_flat; });
}

soak_result soak(const soak_options& options) { return soaking(options).run(); }

}  // namespace pusherd::bench
