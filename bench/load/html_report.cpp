#include "bench/load/html_report.hpp"

#include "bench/load/html_page.hpp"
#include "bench/load/svg_plot.hpp"
#include "bench/load/text_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pusherd::bench {
namespace {

std::string duration(double seconds) {
    if (seconds >= 1) return fmt::format("{:.3g} s", seconds);
    if (seconds >= 1e-3) return fmt::format("{:.3g} ms", seconds * 1e3);
    return fmt::format("{:.3g} µs", seconds * 1e6);
}

std::vector<request_kind> kinds_of(const measurements& measured) {
    std::vector<request_kind> kinds;
    std::copy_if(request_kinds.begin(), request_kinds.end(), std::back_inserter(kinds),
                 [&](request_kind kind) { return measured.latencies(kind).count() != 0; });
    return kinds;
}

std::string row(std::string_view name, std::uint64_t answered, double seconds, const latency_histogram& latencies) {
    std::string out = fmt::format("<tr><td>{}</td><td>{:.0f}</td>", name, static_cast<double>(answered) / seconds);
    for (const double share : {0.5, 0.9, 0.99, 0.999})
        out += "<td>" + duration(latencies.percentile(share).count()) + "</td>";
    return out + "<td>" + duration(latencies.largest().count()) + "</td></tr>\n";
}

std::string table(const run_result& result) {
    const measurements& measured = result.measured;
    const double seconds = measured.span().length().count();
    std::string out =
        "<div class=\"scroll\"><table><tr><th>request</th><th>per second</th><th>p50</th><th>p90</th><th>p99</th>"
        "<th>p99.9</th><th>max</th></tr>\n";
    for (const request_kind kind : kinds_of(measured))
        out += row(to_string(kind), measured.answered(kind), seconds, measured.latencies(kind));
    const latency_histogram& refusals = measured.refusals();
    if (refusals.count() != 0) out += row("refused", refusals.count(), seconds, refusals);
    return out + "</table></div>\n";
}

std::string counts(const run_result& result) {
    const measurements& measured = result.measured;
    std::string out = fmt::format("<p>{} right answers", measured.answered());
    if (measured.unfinished() != 0) out += fmt::format(", not answered by the end: {}", measured.unfinished());
    if (measured.wrong() != 0) {
        out += fmt::format(", <span class=\"wrong\">{} wrong</span>: ", measured.wrong());
        std::string causes;
        for (const auto& [cause, count] : measured.wrong_by_cause())
            causes += fmt::format("{}{} × {}", causes.empty() ? "" : ", ", count, escape_html(cause));
        out += causes;
    } else {
        out += ", none wrong";
    }
    if (result.server_cpu && measured.answered() != 0)
        out += fmt::format("; {:.2f} µs of the server's CPU a request", result.server_cpu_a_request() * 1e6);
    return out + ".</p>\n";
}

std::string throughput_plot(const run_result& result) {
    const measurements& measured = result.measured;
    const double seconds = measured.span().length().count();
    const double step = seconds / static_cast<double>(measurements::steps);
    double most = 0;
    for (const auto& at : measured.over_time())
        for (const request_kind kind : request_kinds) most = std::max(most, static_cast<double>(at[kind]) / step);
    most = round_up(most);

    plot out{.title = "Throughput over time", .x_label = "seconds", .x_ticks = {}, .y_ticks = {}, .lines = {}};
    for (int i = 0; i <= 5; ++i) {
        out.x_ticks.push_back({i / 5.0, fmt::format("{:.3g}", seconds * i / 5)});
        out.y_ticks.push_back({i / 5.0, short_number(most * i / 5)});
    }
    for (const request_kind kind : kinds_of(measured)) {
        series line{std::string(to_string(kind)), {}};
        for (std::size_t i = 0; i < measured.over_time().size(); ++i)
            line.points.emplace_back((static_cast<double>(i) + 0.5) / static_cast<double>(measurements::steps),
                                     static_cast<double>(measured.over_time()[i][kind]) / step / most);
        out.lines.push_back(std::move(line));
    }
    return to_svg(out);
}

// The shares of all requests on an axis where each 9 takes the same room.
constexpr double most_nines = 5;
double nines(double share) { return share >= 1 ? most_nines : std::min(-std::log10(1 - share), most_nines); }

std::string latency_plot(const run_result& result) {
    const measurements& measured = result.measured;
    double shortest = 1e2;
    double longest = 1e-6;
    for (const request_kind kind : kinds_of(measured)) {
        shortest = std::min(shortest, measured.latencies(kind).cumulative().front().first.count());
        longest = std::max(longest, measured.latencies(kind).largest().count());
    }
    const double first_decade = std::floor(std::log10(shortest));
    const double decades = std::max(std::ceil(std::log10(longest)) - first_decade, 1.0);

    plot out{.title = "Latency by percentile", .x_label = "percentile", .x_ticks = {}, .y_ticks = {}, .lines = {}};
    for (double i = 0; i <= decades; ++i)
        out.y_ticks.push_back({i / decades, duration(std::pow(10, first_decade + i))});
    constexpr std::pair<double, const char*> marks[]{{0, "0"},        {0.5, "50"},       {0.9, "90"}, {0.99, "99"},
                                                     {0.999, "99.9"}, {0.9999, "99.99"}, {1, "max"}};
    for (const auto& [share, label] : marks) out.x_ticks.push_back({nines(share) / most_nines, label});
    for (const request_kind kind : kinds_of(measured)) {
        series line{std::string(to_string(kind)), {}};
        for (const auto& [value, share] : measured.latencies(kind).cumulative())
            line.points.emplace_back(nines(share) / most_nines, (std::log10(value.count()) - first_decade) / decades);
        out.lines.push_back(std::move(line));
    }
    return to_svg(out);
}

}  // namespace

std::string to_body(const run_result& result) {
    std::string out = counts(result);
    if (kinds_of(result.measured).empty()) return out;
    out += table(result);
    out += figure("Throughput over time", throughput_plot(result));
    out += figure("Latency by percentile", latency_plot(result));
    return out;
}

std::string to_html(const run_options& options, const run_result& result) {
    return to_page(fmt::format("{:.0f} requests a second", result.requests_a_second()),
                   "<p>" + escape_html(describe(options)) + "</p>\n" + to_body(result));
}

}  // namespace pusherd::bench
