#include "domain/host_pattern.hpp"

#include <boost/url/grammar/ci_string.hpp>

#include <algorithm>
#include <cstddef>

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

// A star takes nothing at first, and one character more each time that what stands behind it does not fit. Only the
// last star need ever take more: what came before it has its place, and another one would leave less to the rest.
bool host_pattern::matches(std::string_view name) const noexcept {
    std::size_t in_pattern = 0;
    std::size_t in_name = 0;
    std::size_t behind_star = std::string::npos;
    std::size_t taken_up_to = 0;
    while (in_name < name.size()) {
        if (in_pattern < text_.size() && text_[in_pattern] == '*') {
            behind_star = ++in_pattern;
            taken_up_to = in_name;
        } else if (in_pattern < text_.size() && (text_[in_pattern] == '?' || text_[in_pattern] == name[in_name])) {
            ++in_pattern;
            ++in_name;
        } else if (behind_star != std::string::npos) {
            in_pattern = behind_star;
            in_name = ++taken_up_to;
        } else {
            return false;
        }
    }
    return text_.find_first_not_of('*', in_pattern) == std::string::npos;
}

}  // namespace pusherd::domain
