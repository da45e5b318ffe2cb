#include "bench/load/html_page.hpp"

#include "bench/load/svg_plot.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

namespace pusherd::bench {
namespace {

constexpr std::string_view style = R"(<style>
body{font:16px/1.45 system-ui,sans-serif;max-width:46rem;margin:1.5rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.35rem}h2{font-size:1.1rem;margin:1.8rem 0 .3rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{text-align:right;padding:.25rem .5rem;border-bottom:1px solid #ddd;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
svg{width:100%;height:auto;font:14px system-ui,sans-serif}.grid{stroke:#ddd}polyline{fill:none;stroke-width:2}
@media(max-width:500px){svg{font-size:22px}}
.wrong{color:#b00020;font-weight:600}
@media print{body{margin:0;max-width:none}figure,table{break-inside:avoid}}
</style>)";

}  // namespace

std::string to_page(const std::string& title, const std::string& body) {
    std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
    out += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>pusherd-bench</title>\n";
    out += style;
    return out + "</head><body>\n<h1>" + escape_html(title) + "</h1>\n" + body + "</body></html>\n";
}

std::string figure(const std::string& title, const std::string& svg) {
    return "<h2>" + escape_html(title) + "</h2>\n<figure style=\"margin:0\">" + svg + "</figure>\n";
}

std::string short_number(double value) {
    if (value >= 1e6) return fmt::format("{:.3g}M", value / 1e6);
    if (value >= 1e3) return fmt::format("{:.3g}k", value / 1e3);
    return fmt::format("{:.3g}", value);
}

double round_up(double value) {
    if (value <= 0) return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0})
        if (value <= step * power) return step * power;
    return 10 * power;
}

}  // namespace pusherd::bench
