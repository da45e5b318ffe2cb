#include "bench/load/text_report.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace pusherd::bench {
namespace {

namespace json = boost::json;

double milliseconds(latency value) { return value.count() * 1e3; }

double throughput(const run_result& result, request_kind kind) {
    return static_cast<double>(result.measured.answered(kind)) / result.measured.span().length().count();
}

std::string row(std::string_view name, double throughput, const latency_histogram& latencies) {
    return fmt::format("{:<10}{:>12.0f}{:>10.3f}{:>10.3f}{:>10.3f}{:>10.3f}{:>10.3f}\n", name, throughput,
                       milliseconds(latencies.percentile(0.5)), milliseconds(latencies.percentile(0.9)),
                       milliseconds(latencies.percentile(0.99)), milliseconds(latencies.percentile(0.999)),
                       milliseconds(latencies.largest()));
}

json::object to_object(double throughput, std::uint64_t answered, const latency_histogram& latencies) {
    return {{"answered", answered},
            {"per_second", throughput},
            {"p50_ms", milliseconds(latencies.percentile(0.5))},
            {"p90_ms", milliseconds(latencies.percentile(0.9))},
            {"p99_ms", milliseconds(latencies.percentile(0.99))},
            {"p99_9_ms", milliseconds(latencies.percentile(0.999))},
            {"max_ms", milliseconds(latencies.largest())}};
}

double refused_a_second(const measurements& measured) {
    return static_cast<double>(measured.refusals().count()) / measured.span().length().count();
}

latency_histogram of_all_kinds(const measurements& measured) {
    latency_histogram all;
    for (const request_kind kind : request_kinds) all.add(measured.latencies(kind));
    return all;
}

}  // namespace

std::string describe(const run_options& options) {
    std::string out =
        fmt::format("{}, {} connection{}", options.url, options.connections, options.connections == 1 ? "" : "s");
    if (options.idle_connections != 0) out += fmt::format(" and {} idle ones", options.idle_connections);
    out += fmt::format(", {} thread{}, ", options.threads, options.threads == 1 ? "" : "s");
    if (!options.keep_alive)
        out += "a connection a request, ";
    else if (options.in_flight != 1)
        out += fmt::format("{} in flight each, ", options.in_flight);
    if (options.rate > 0)
        out += fmt::format("open loop at {}/s, ", options.rate);
    else
        out += "closed loop, ";
    if (options.busy_poll) out += "busy polling, ";
    return out + fmt::format("{} s after {} s", options.duration.count(), options.warm_up.count());
}

std::string to_table(const run_options& options, const run_result& result) {
    const measurements& measured = result.measured;
    std::string out = describe(options) + "\n\n";
    out += fmt::format("{:<10}{:>12}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "request", "per second", "p50 ms", "p90 ms",
                       "p99 ms", "p99.9 ms", "max ms");
    std::size_t shown = 0;
    for (const request_kind kind : request_kinds) {
        if (measured.latencies(kind).count() == 0) continue;
        out += row(to_string(kind), throughput(result, kind), measured.latencies(kind));
        ++shown;
    }
    if (shown > 1) out += row("all", result.requests_a_second(), of_all_kinds(measured));
    if (measured.refusals().count() != 0) out += row("refused", refused_a_second(measured), measured.refusals());
    out += fmt::format("\n{} right, {} wrong", measured.answered(), measured.wrong());
    if (measured.refusals().count() != 0) out += fmt::format(", {} refused", measured.refusals().count());
    if (measured.unfinished() != 0) out += fmt::format(", not answered by the end: {}", measured.unfinished());
    out += '\n';
    for (const auto& [cause, count] : measured.wrong_by_cause()) out += fmt::format("  {} × {}\n", count, cause);
    if (result.server_cpu && measured.answered() != 0)
        out += fmt::format("server: {:.2f} µs of CPU a request, {} major page faults\n",
                           result.server_cpu_a_request() * 1e6, result.server_major_faults);
    return out;
}

std::string to_json(const run_options& options, const run_result& result) {
    const measurements& measured = result.measured;
    json::object kinds;
    for (const request_kind kind : request_kinds)
        if (measured.latencies(kind).count() != 0)
            kinds[to_string(kind)] =
                to_object(throughput(result, kind), measured.answered(kind), measured.latencies(kind));
    json::object wrong;
    for (const auto& [cause, count] : measured.wrong_by_cause()) wrong[cause] = count;
    json::object out{
        {"run", describe(options)},
        {"seconds", measured.span().length().count()},
        {"all", to_object(result.requests_a_second(), measured.answered(), of_all_kinds(measured))},
        {"kinds", std::move(kinds)},
        {"refused", to_object(refused_a_second(measured), measured.refusals().count(), measured.refusals())},
        {"wrong", measured.wrong()},
        {"wrong_by_cause", std::move(wrong)},
        {"unfinished", measured.unfinished()},
    };
    if (result.server_cpu && measured.answered() != 0) {
        out["server_cpu_us_per_request"] = result.server_cpu_a_request() * 1e6;
        out["server_major_faults"] = result.server_major_faults;
    }
    return json::serialize(out) + '\n';
}

}  // namespace pusherd::bench
