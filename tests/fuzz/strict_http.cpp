#include "tests/fuzz/strict_http.hpp"

#include "tests/fuzz/property.hpp"

#include <algorithm>

namespace pusherd::fuzz {
namespace {

bool is_token_character(char c) {
    const bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_control(char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; }

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view take_crlf_line(std::string_view& text) {
    const std::size_t end = text.find("\r\n");
    require(end != std::string_view::npos, "a line ends with CRLF");
    const std::string_view line = text.substr(0, end);
    require(std::none_of(line.begin(), line.end(), is_control), "a line has no control characters");
    text.remove_prefix(end + 2);
    return line;
}

std::pair<std::string, std::string> read_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    require(colon != std::string_view::npos, "a field has a colon");
    require(is_token(line.substr(0, colon)), "a field's name is a token");
    return {lower(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))};
}

// The size of a chunk, from the line in front of it.
std::size_t chunk_size(std::string_view line) {
    const std::size_t digits = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
    require(digits != 0, "a chunk begins with its size");
    const std::string_view extension = trimmed(line.substr(digits));
    require(extension.empty() || extension.front() == ';', "nothing but an extension stands behind a chunk's size");
    const std::string_view significant =
        line.substr(0, digits).substr(std::min(line.substr(0, digits).find_first_not_of('0'), digits));
    require(significant.size() <= 16, "a chunk's size fits 64 bits");
    return significant.empty() ? 0 : std::stoull(std::string(significant), nullptr, 16);
}

}  // namespace

std::vector<std::string> strict_head::values_of(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : fields)
        if (key == name) values.push_back(value);
    return values;
}

strict_head read_strictly(std::string_view head) {
    strict_head out;
    const std::string_view request_line = take_crlf_line(head);
    const std::size_t first = request_line.find(' ');
    const std::size_t last = request_line.rfind(' ');
    require(first != std::string_view::npos && first != last, "a request line has three parts");
    out.method = request_line.substr(0, first);
    out.target = request_line.substr(first + 1, last - first - 1);
    const std::string_view version = request_line.substr(last + 1);
    require(is_token(out.method), "a method is a token");
    require(!out.target.empty() && out.target.find_first_of(" \t") == std::string::npos, "a target has no space");
    require(version == "HTTP/1.0" || version == "HTTP/1.1", "the version is 1.0 or 1.1");
    out.is_http_1_1 = version == "HTTP/1.1";
    for (std::string_view line = take_crlf_line(head); !line.empty(); line = take_crlf_line(head))
        out.fields.push_back(read_field(line));
    require(head.empty(), "a head ends with its empty line");
    return out;
}

std::string unchunk_strictly(std::string_view chunked) {
    std::string body;
    while (const std::size_t size = chunk_size(take_crlf_line(chunked))) {
        require(chunked.size() >= 2 && size <= chunked.size() - 2, "a chunk is all there");
        require(chunked.substr(size, 2) == "\r\n", "a chunk ends with CRLF");
        body += chunked.substr(0, size);
        chunked.remove_prefix(size + 2);
    }
    for (std::string_view line = take_crlf_line(chunked); !line.empty(); line = take_crlf_line(chunked))
        (void)read_field(line);
    require(chunked.empty(), "a chunked body ends with the empty line");
    return body;
}

}  // namespace pusherd::fuzz
