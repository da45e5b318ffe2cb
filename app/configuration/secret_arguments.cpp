#include "app/configuration/secret_arguments.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace pusherd::app {
namespace {

constexpr std::size_t shortest_random_token = 32;
constexpr std::string_view in_place_of_a_token = "(not shown: it may be a token)";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Of base64 and base64url, without the slash, which is more often a path's.
bool is_token_character(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '~' ||
           c == '+' || c == '=';
}

// `--flag=value`: the value; a value of its own: itself, without dashes that are none of its.
std::string_view value_of(std::string_view argument) noexcept {
    if (!argument.starts_with("--")) return argument;
    const std::size_t equals = argument.find('=');
    return argument.substr(equals == std::string_view::npos ? 2 : equals + 1);
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

}  // namespace

void hide_argument(std::span<char* const> arguments, std::string_view token) noexcept {
    if (token.size() < 2) return;
    for (char* const each : arguments) {
        if (each != token) continue;
        ::explicit_bzero(each, token.size());
        each[0] = '-';
    }
}

bool may_be_token(std::string_view text) noexcept {
    // Of pusherd, of Synapse, of the Matrix Authentication Service, of old Synapses (macaroons), and JSON Web Tokens.
    constexpr std::array<std::string_view, 6> prefixes{"pusherd_", "syt_", "mat_", "mct_", "MDA", "eyJ"};
    constexpr std::size_t longer_than_a_word = 16;
    if (text.size() >= longer_than_a_word &&
        std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view each) { return text.starts_with(each); }))
        return true;
    return text.size() >= shortest_random_token && std::all_of(text.begin(), text.end(), is_token_character) &&
           std::any_of(text.begin(), text.end(), is_digit);
}

std::string without_tokens(std::string message, std::span<char* const> arguments) {
    for (const char* const each : arguments)
        if (const std::string_view value = value_of(each); may_be_token(value))
            replace_all(message, value, in_place_of_a_token);
    return message;
}

}  // namespace pusherd::app
