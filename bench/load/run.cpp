#include "bench/load/run.hpp"

#include "bench/load/bench_users.hpp"
#include "bench/load/idle_connections.hpp"
#include "bench/load/load_thread.hpp"
#include "bench/load/open_files.hpp"
#include "bench/load/process_usage.hpp"
#include "bench/load/tls_context.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace pusherd::bench {
namespace {

using threads = std::vector<std::unique_ptr<load_thread>>;

constexpr std::chrono::milliseconds between_live_lines{500};

process_usage usage_of_all(const std::vector<pid_t>& processes) {
    process_usage sum{};
    for (const pid_t process : processes) {
        const auto one = usage_of(process);
        if (!one) throw run_failed("there is no process " + std::to_string(process));
        sum.cpu += one->cpu;
        sum.major_faults += one->major_faults;
    }
    return sum;
}

void show_live(const threads& all, std::uint64_t& answered_before, std::chrono::duration<double> left) {
    std::uint64_t answered = 0;
    std::uint64_t wrong = 0;
    for (const auto& each : all) {
        answered += each->answered_so_far();
        wrong += each->wrong_so_far();
    }
    const double rate =
        static_cast<double>(answered - answered_before) / std::chrono::duration<double>(between_live_lines).count();
    answered_before = answered;
    fmt::print(stderr, "\r{:>10.0f} requests/s, {} wrong, {:.0f} s to go   ", rate, wrong, left.count());
    std::fflush(stderr);
}

// Until the time has come, with a live line for those who watch.
void wait_until(load_clock::time_point when, load_clock::time_point end, const threads& all, bool is_shown,
                std::uint64_t& answered) {
    const bool is_watched = is_shown && ::isatty(STDERR_FILENO) != 0;
    for (auto now = load_clock::now(); now < when; now = load_clock::now()) {
        std::this_thread::sleep_for(std::min<load_clock::duration>(between_live_lines, when - now));
        if (is_watched) show_live(all, answered, end - now);
    }
    if (is_watched && when == end) fmt::print(stderr, "\r{:60}\r", "");
}

load_clock::duration to_clock(std::chrono::duration<double> seconds) {
    return std::chrono::duration_cast<load_clock::duration>(seconds);
}

}  // namespace

net::tcp::endpoint resolve(const target& where) {
    net::asio::io_context context;
    net::asio::ip::basic_resolver<net::tcp, net::executor> resolver(context.get_executor());
    boost::system::error_code failed;
    const auto found = resolver.resolve(where.host, where.port, failed);
    if (failed) throw run_failed(where.host + ": " + failed.message());
    return found.begin()->endpoint();
}

run_result run_load(const run_options& options) {
    const std::vector<std::string> tokens = read_tokens(options.tokens, options.users);
    const net::tcp::endpoint server = resolve(options.where);
    const tls_context tls = make_tls_context(options.where, options.authority);
    raise_open_file_limit(options.connections + options.idle_connections);
    const idle_connections idle(server, options.idle_connections);

    const auto begin = load_clock::now() + to_clock(options.warm_up);
    const measured_span span{begin, begin + to_clock(options.duration)};
    (void)usage_of_all(options.server_pids);  // a process that is not there is told before any load
    threads all;
    for (std::size_t i = 0; i < options.threads; ++i)
        all.push_back(std::make_unique<load_thread>(options, server, tls, tokens, span, i));
    for (const auto& each : all) each->start();

    std::uint64_t answered = 0;
    wait_until(span.begin, span.end, all, options.is_shown, answered);
    const process_usage before = usage_of_all(options.server_pids);
    wait_until(span.end, span.end, all, options.is_shown, answered);
    const process_usage after = usage_of_all(options.server_pids);

    run_result result{.measured = measurements(span), .server_cpu = std::nullopt};
    for (const auto& each : all) {
        each->join();
        result.measured.add(each->measured());
    }
    if (!options.server_pids.empty()) {
        result.server_cpu = after.cpu - before.cpu;
        result.server_major_faults = after.major_faults - before.major_faults;
    }
    return result;
}

}  // namespace pusherd::bench
