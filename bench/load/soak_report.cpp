#include "bench/load/soak_report.hpp"

#include "bench/load/html_page.hpp"
#include "bench/load/html_report.hpp"
#include "bench/load/svg_plot.hpp"
#include "bench/load/text_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <tuple>
#include <vector>

namespace pusherd::bench {
namespace {

double minutes(std::chrono::duration<double> seconds) { return seconds.count() / 60; }

double length_of(const soak_result& result) { return result.samples.empty() ? 1 : result.samples.back().at.count(); }

std::string with_unit(double value, const soak_measure& what) {
    return what.unit.empty() ? fmt::format("{:.4g}", value) : fmt::format("{:.2f} {}", value, what.unit);
}

std::string verdict_on(const flatness& found) { return found.is_flat ? "flat" : "NOT FLAT"; }

std::string conduct(const soak_result& result) {
    return fmt::format(
        "{:.1f} minutes, of which {:.1f} are for settling: {} requests answered by the server that ran all the time, "
        "{} "
        "by the other, which was stopped {} times and killed {} times; logs rotated {} times",
        length_of(result) / 60, minutes(result.settled), result.measured.measured.answered(),
        result.answered_by_the_other, result.stops, result.kills, result.rotations);
}

std::vector<std::string> what_is_wrong(const soak_result& result) {
    std::vector<std::string> all = result.faults;
    for (const auto& [cause, count] : result.wrong_by_cause) all.push_back(fmt::format("{} × {}", count, cause));
    return all;
}

std::string verdicts(const soak_result& result) {
    std::string out =
        "<div class=\"scroll\"><table><tr><th>measure</th><th>earlier half</th><th>later half</th><th></th></tr>\n";
    for (const soak_measure& each : soak_measures()) {
        const flatness found = judge(result.samples, each, result.settled);
        out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td{}>{}</td></tr>\n", each.name,
                           with_unit(found.earlier, each), with_unit(found.later, each),
                           found.is_flat ? "" : " class=\"wrong\"", verdict_on(found));
    }
    return out + "</table></div>\n";
}

std::string plot_of(const soak_result& result, std::initializer_list<const soak_measure*> measures) {
    const double seconds = length_of(result);
    const auto value = [](const soak_sample& at, const soak_measure& what) {
        return static_cast<double>(at.*what.value) / what.divisor;
    };
    double most = 0;
    for (const soak_measure* each : measures)
        for (const soak_sample& at : result.samples) most = std::max(most, value(at, *each));
    most = round_up(most);
    plot out{.title = (*measures.begin())->name, .x_label = "minutes", .x_ticks = {}, .y_ticks = {}, .lines = {}};
    for (int i = 0; i <= 5; ++i) {
        out.x_ticks.push_back({i / 5.0, fmt::format("{:.3g}", seconds / 60 * i / 5)});
        out.y_ticks.push_back({i / 5.0, short_number(most * i / 5)});
    }
    for (const soak_measure* each : measures) {
        series line{each->name, {}};
        for (const soak_sample& at : result.samples)
            line.points.emplace_back(at.at.count() / seconds, value(at, *each) / most);
        out.lines.push_back(std::move(line));
    }
    return to_svg(out);
}

}  // namespace

std::string to_table(const soak_result& result) {
    std::string out = conduct(result) + "\n\n";
    out += fmt::format("{:<14}{:>14}{:>14}\n", "measure", "earlier half", "later half");
    for (const soak_measure& each : soak_measures()) {
        const flatness found = judge(result.samples, each, result.settled);
        out += fmt::format("{:<14}{:>14}{:>14}  {}\n", each.name, with_unit(found.earlier, each),
                           with_unit(found.later, each), verdict_on(found));
    }
    const auto wrong = what_is_wrong(result);
    out += wrong.empty() ? "\nno answer was wrong, and the database is sound\n" : "\n";
    for (const std::string& each : wrong) out += "wrong: " + each + '\n';
    return out;
}

std::string to_html(const soak_result& result) {
    const auto& all = soak_measures();
    const auto& [resident, private_memory, files, slots, data] = std::tie(all[0], all[1], all[2], all[3], all[4]);
    std::string out = "<p>" + escape_html(conduct(result)) + ".</p>\n" + verdicts(result);
    for (const std::string& each : what_is_wrong(result)) out += "<p class=\"wrong\">" + escape_html(each) + "</p>\n";
    if (!result.samples.empty()) {
        out += figure("Memory, in MB", plot_of(result, {&resident, &private_memory}));
        out += figure("Open files, and reader slots of all processes", plot_of(result, {&files, &slots}));
        out += figure("The data file, in MB", plot_of(result, {&data}));
    }
    out += "<h2>The load</h2>\n<p>" + escape_html(describe(result.load)) + "</p>\n" + to_body(result.measured);
    return to_page(is_good(result) ? "All is flat" : "Not all is flat", out);
}

}  // namespace pusherd::bench
