#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "persistence/registry/token_import.hpp"

#include <algorithm>

namespace pusherd::persistence {
namespace {

constexpr std::size_t longest_token = 4096;

// What an Authorization header can carry as it is: visible ASCII.
bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= longest_token &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::variant<token_line, std::string> parse_token_line(std::string_view line) {
    const std::size_t first = line.find('\t');
    if (first == std::string_view::npos) return "expected TOKEN<TAB>USER[<TAB>DEVICE]";
    const std::size_t second = std::min(line.find('\t', first + 1), line.size());
    token_line parts{.token = line.substr(0, first),
                     .user_id = line.substr(first + 1, second - first - 1),
                     .device_id = second == line.size() ? std::string_view{} : line.substr(second + 1)};
    if (!is_token(parts.token)) return "the token must be 1 to 4096 visible ASCII characters";
    // A user id or a device id may hold a TAB, CR or LF by the specification, but not in a line.
    if (parts.user_id.find_first_of("\r\n") != std::string_view::npos || !domain::is_user_id(parts.user_id))
        return "the user must be @localpart:domain of at most 255 bytes, without TAB, CR and LF";
    if (second != line.size() &&
        (parts.device_id.find_first_of("\t\r\n") != std::string_view::npos || !domain::is_device_id(parts.device_id)))
        return "the device must have 1 to 255 bytes, without TAB, CR and LF";
    return parts;
}

std::variant<token_file, import_problem> token_file::read(std::istream& in, std::string_view server_name) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    token_file file;
    std::string line;
    for (std::uint64_t number = 1; std::getline(in, line); ++number) {
        if (number == 1 && line.starts_with(byte_order_mark))
            return import_problem{1, "it begins with a byte order mark: save the file without it"};
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty()) continue;
        const auto parsed = parse_token_line(line);
        if (const auto* problem = std::get_if<std::string>(&parsed)) return import_problem{number, *problem};
        const auto& parts = std::get<token_line>(parsed);
        if (!server_name.empty() && domain::server_of(parts.user_id) != server_name)
            return import_problem{number, "the user is of another server than " + std::string(server_name)};
        file.entries_.push_back(
            {sha256(parts.token), number, std::string(parts.user_id), std::string(parts.device_id)});
    }
    if (in.bad()) return import_problem{0, "the file cannot be read"};

    auto& entries = file.entries_;
    std::sort(entries.begin(), entries.end(), [](const entry& a, const entry& b) {
        return a.token != b.token ? a.token < b.token : a.line > b.line;  // of equal tokens, the latest line first
    });
    const auto clash = std::adjacent_find(entries.begin(), entries.end(), [](const entry& a, const entry& b) {
        return a.token == b.token && a.user_id != b.user_id;
    });
    if (clash != entries.end())
        return import_problem{clash->line, "the token stands in line " + std::to_string((clash + 1)->line) +
                                               " already, for another user"};
    entries.erase(
        std::unique(entries.begin(), entries.end(), [](const entry& a, const entry& b) { return a.token == b.token; }),
        entries.end());
    return file;
}

}  // namespace pusherd::persistence
