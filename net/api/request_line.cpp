#include "net/api/request_line.hpp"

#include "net/api/percent_encoding.hpp"

#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace pusherd::net {
namespace {

constexpr std::size_t most_of_a_path = 256;
constexpr std::size_t most_of_a_query = 128;

constexpr std::string_view not_shown = "...";

// What our paths and the parameters of clients are made of. Whatever else it is may be a token in the wrong place.
bool is_harmless(std::string_view word, std::size_t at_most) noexcept {
    return word.size() <= at_most && std::all_of(word.begin(), word.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
           });
}

void append_path(std::string_view path, std::string& out) {
    constexpr std::size_t longest_segment = 16;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const std::string_view segment = path.substr(0, path.find('/'));
        out += '/';
        out += is_harmless(segment, longest_segment) ? segment : not_shown;
        path.remove_prefix(segment.size());
    }
    if (!path.empty()) out += not_shown;
}

void append_names(std::string_view query, std::string& out) {
    constexpr std::size_t longest_name = 24;
    char before = '?';
    while (!query.empty()) {
        const query_parameter next = take_parameter(query);
        out += before;
        out += is_harmless(next.name, longest_name) && next.name.size() < next.whole.size() ? next.name : not_shown;
        out += '=';
        before = '&';
    }
}

}  // namespace

std::string line_of(const request_head& head) {
    const boost::beast::string_view method = boost::beast::http::to_string(head.method);
    std::string line(method.data(), method.size());
    line += ' ';
    append_path(head.path.substr(0, most_of_a_path), line);
    const std::size_t path_end = line.size();
    append_names(head.query, line);
    line.resize(std::min(line.size(), path_end + most_of_a_query));
    return line;
}

domain::short_line answered_line(std::string_view line, unsigned status, clock::duration time) noexcept {
    const auto microseconds = static_cast<std::uint64_t>(
        std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(time).count(), 0));
    const std::uint64_t fraction = microseconds % 1000;
    domain::short_line text{line, " "};
    text.append_number(status).append(" in ").append_number(microseconds / 1000).append(".");
    if (fraction < 100) text.append("0");
    if (fraction < 10) text.append("0");
    return text.append_number(fraction).append(" ms");
}

}  // namespace pusherd::net
