#include "bench/load/svg_plot.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace pusherd::bench {
namespace {

// In the units of the viewBox. The page is to be read on a phone: few ticks, and large text.
constexpr double width = 640;
constexpr double height = 340;
constexpr double left = 88;
constexpr double right = 16;
constexpr double top = 40;
constexpr double bottom = 56;

// Colours that people with any colour vision, and black-and-white printers with the dashes, can tell apart (Okabe,
// Ito).
struct stroke {
    std::string_view colour;
    std::string_view dashes;
};
constexpr std::array<stroke, 5> strokes{
    {{"#0072b2", "none"}, {"#d55e00", "7 3"}, {"#009e73", "2 3"}, {"#56b4e9", "12 3"}, {"#cc79a7", "9 3 2 3"}}};

double to_x(double share) { return left + share * (width - left - right); }
double to_y(double share) { return height - bottom - share * (height - top - bottom); }

std::string grid(const plot& what) {
    std::string out;
    for (const tick& each : what.y_ticks)
        out += fmt::format(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)"
                           R"(<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
                           to_x(0), to_x(1), to_y(each.at), to_y(each.at), to_x(0) - 6, to_y(each.at) + 4,
                           escape_html(each.label));
    for (const tick& each : what.x_ticks)
        out += fmt::format(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)"
                           R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                           to_x(each.at), to_x(each.at), to_y(0), to_y(1), to_x(each.at), to_y(0) + 18,
                           escape_html(each.label));
    return out;
}

std::string line(const series& what, const stroke& how) {
    std::string points;
    for (const auto& [x, y] : what.points) points += fmt::format("{:.1f},{:.1f} ", to_x(x), to_y(y));
    return fmt::format(R"(<polyline points="{}" stroke="{}" stroke-dasharray="{}"/>)", points, how.colour, how.dashes);
}

std::string legend(const plot& what) {
    std::string out;
    double x = to_x(0);
    for (std::size_t i = 0; i < what.lines.size(); ++i) {
        const stroke& how = strokes[i % strokes.size()];
        out += fmt::format(R"(<line x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}" stroke="{}" stroke-dasharray="{}" )"
                           R"(stroke-width="2"/><text x="{:.1f}" y="{}">{}</text>)",
                           x, x + 26, top - 16, top - 16, how.colour, how.dashes, x + 32, top - 12,
                           escape_html(what.lines[i].name));
        x += 52 + 9 * static_cast<double>(what.lines[i].name.size());
    }
    return out;
}

}  // namespace

std::string to_svg(const plot& what) {
    std::string out =
        fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", width, height, escape_html(what.title));
    out += grid(what);
    for (std::size_t i = 0; i < what.lines.size(); ++i) out += line(what.lines[i], strokes[i % strokes.size()]);
    out += legend(what);
    out += fmt::format(R"(<text x="{:.1f}" y="{}" text-anchor="middle">{}</text></svg>)", to_x(0.5), height - 12,
                       escape_html(what.x_label));
    return out;
}

std::string escape_html(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

}  // namespace pusherd::bench
