#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pusherd::bench {

/// A mark on an axis.
struct tick {
    double at;  ///< 0 is the axis's begin, 1 its end
    std::string label;
};

/// A line of a plot.
struct series {
    std::string name;
    std::vector<std::pair<double, double>> points;  ///< each coordinate from 0 to 1
};

/// A plot of lines, as an `<svg>` element that takes the width it is given.
struct plot {
    std::string title;
    std::string x_label;
    std::vector<tick> x_ticks;
    std::vector<tick> y_ticks;
    std::vector<series> lines;
};

[[nodiscard]] std::string to_svg(const plot& what);

/// With `&`, `<`, `>` and quotes as entities.
[[nodiscard]] std::string escape_html(const std::string& text);

}  // namespace pusherd::bench
