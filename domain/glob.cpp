#include "domain/glob.hpp"

#include <cstddef>

namespace pusherd::domain {

// A star takes nothing at first, and one character more each time that what stands behind it does not fit. Only the
// last star need ever take more: what came before it has its place, and another one would leave less to the rest.
bool matches_glob(std::string_view pattern, std::string_view text) noexcept {
    std::size_t in_pattern = 0;
    std::size_t in_text = 0;
    std::size_t behind_star = std::string_view::npos;
    std::size_t taken_up_to = 0;
    while (in_text < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            behind_star = ++in_pattern;
            taken_up_to = in_text;
        } else if (in_pattern < pattern.size() &&
                   (pattern[in_pattern] == '?' || pattern[in_pattern] == text[in_text])) {
            ++in_pattern;
            ++in_text;
        } else if (behind_star != std::string_view::npos) {
            in_pattern = behind_star;
            in_text = ++taken_up_to;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

}  // namespace pusherd::domain
