#include "domain/host_pattern.hpp"

#include "domain/glob.hpp"

#include <boost/url/grammar/ci_string.hpp>

#include <algorithm>

namespace pusherd::domain {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_name_character(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

bool is_pattern_character(char c) noexcept { return is_name_character(c) || c == '*' || c == '?'; }

}  // namespace

std::string_view without_last_dots(std::string_view name) noexcept {
    while (name.ends_with('.')) name.remove_suffix(1);
    return name;
}

std::string in_lower_case(std::string_view name) {
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(), boost::urls::grammar::to_lower);
    return lower;
}

bool is_host_name(std::string_view text) noexcept { return std::all_of(text.begin(), text.end(), is_name_character); }

std::optional<host_pattern> host_pattern::parse(std::string_view text) {
    std::string pattern = in_lower_case(without_last_dots(text));
    const std::string_view top = std::string_view(pattern).substr(pattern.rfind('.') + 1);
    if (!std::all_of(pattern.begin(), pattern.end(), is_pattern_character)) return std::nullopt;
    if (std::all_of(top.begin(), top.end(), is_digit)) return std::nullopt;
    return host_pattern(std::move(pattern));
}

bool host_pattern::matches(std::string_view name) const noexcept { return matches_glob(text_, name); }

}  // namespace pusherd::domain
