#pragma once

#include <string>

/// What the pages of the load tool have in common. No script, nothing to load: they can be mailed, read on a phone and
/// printed.
namespace pusherd::bench {

/// @param title plain text
/// @param body HTML
[[nodiscard]] std::string to_page(const std::string& title, const std::string& body);

/// A plot below its title.
[[nodiscard]] std::string figure(const std::string& title, const std::string& svg);

/// For an axis: "250", "1.5k", "20M".
[[nodiscard]] std::string short_number(double value);

/// The next of 1, 2, 5, 10, 20 …: where an axis ends.
[[nodiscard]] double round_up(double value);

}  // namespace pusherd::bench
