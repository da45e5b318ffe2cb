#include "domain/validators/user_namespace.hpp"

#include <cstddef>
#include <regex>
#include <stdexcept>

namespace pusherd::domain {
namespace {

// std::regex would take an escape that its grammar does not have, such as the \A and \Z of others, for that letter.
bool has_strange_escape(std::string_view regex) {
    constexpr std::string_view known = "bBcdDfnrsStuvwWx";
    for (std::size_t i = 0; i + 1 < regex.size(); ++i) {
        if (regex[i] != '\\') continue;
        const char next = regex[++i];
        const bool is_letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
        if (is_letter && known.find(next) == std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

// std::regex and not Boost.Regex, which adds half as much again to the binary. It has neither a bound on how long it
// searches nor one on its stack; but a user id has at most 255 bytes, and whoever writes the expressions owns the
// server.
struct user_namespace::expression {
    explicit expression(const std::string& regex)
        : compiled(regex, std::regex::ECMAScript | std::regex::nosubs | std::regex::optimize) {}

    std::regex compiled;
};

user_namespace::user_namespace(const std::string& regex) {
    if (has_strange_escape(regex)) throw std::invalid_argument("there is no such escape in ECMAScript");
    try {
        expression_ = std::make_shared<const expression>(regex);
    } catch (const std::regex_error& problem) {
        throw std::invalid_argument(problem.what());
    }
}

bool user_namespace::contains(std::string_view user_id) const {
    return std::regex_search(user_id.begin(), user_id.end(), expression_->compiled,
                             std::regex_constants::match_continuous);
}

}  // namespace pusherd::domain
