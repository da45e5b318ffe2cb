#include "net/api/request_line.hpp"

#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace pusherd::net {
namespace {

constexpr std::size_t most_of_a_path = 256;
constexpr std::size_t most_of_a_query = 128;

// A name that is longer than any that means something here may be a token that has lost its own.
constexpr std::size_t longest_name = 40;

void append_names(std::string_view query, std::string& out) {
    char before = '?';
    while (!query.empty()) {
        const std::string_view parameter = query.substr(0, query.find('&'));
        const std::string_view name = parameter.substr(0, parameter.find('='));
        out += before;
        out += name.size() <= longest_name && name.size() < parameter.size() ? name : std::string_view("...");
        out += '=';
        before = '&';
        query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    }
}

}  // namespace

std::string line_of(const request_head& head) {
    const boost::beast::string_view method = boost::beast::http::to_string(head.method);
    std::string line(method.data(), method.size());
    line += ' ';
    line += head.path.substr(0, most_of_a_path);
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
