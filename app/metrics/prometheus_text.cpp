#include "app/metrics/prometheus_text.hpp"

#include <fmt/format.h>

namespace pusherd::app {
namespace {

// As the format wants a label's value: with backslash, quote and line feed escaped.
void append_escaped(std::string_view text, std::string& out) {
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
}

}  // namespace

void prometheus_text::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void prometheus_text::sample(const labels& of, std::uint64_t value) { line({}, of, std::to_string(value)); }

void prometheus_text::sample_seconds(const labels& of, double value) { line({}, of, number(value)); }

std::string prometheus_text::number(double value) { return fmt::format("{}", value); }

void prometheus_text::bucket(std::string_view label, std::string_view label_value, std::string_view bound,
                             std::uint64_t below) {
    line("_bucket", {{label, label_value}, {"le", bound}}, std::to_string(below));
}

void prometheus_text::end_of_histogram(std::string_view label, std::string_view label_value, double sum,
                                       std::uint64_t count) {
    line("_sum", {{label, label_value}}, number(sum));
    line("_count", {{label, label_value}}, std::to_string(count));
}

void prometheus_text::line(std::string_view suffix, const labels& of, std::string_view value) {
    out_ += name_;
    out_ += suffix;
    char before = '{';
    for (const auto& [name, text] : of) {
        if (name.empty()) continue;
        out_ += before;
        out_ += name;
        out_ += "=\"";
        append_escaped(text, out_);
        out_ += '"';
        before = ',';
    }
    if (before == ',') out_ += '}';
    out_ += ' ';
    out_ += value;
    out_ += '\n';
}

}  // namespace pusherd::app
