#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A second reading of what a request_reader has accepted: RFC 9112's grammar to the letter, without a thought for
/// speed, limits or pieces. Throws broken_property for what the grammar does not know.
namespace pusherd::fuzz {

struct strict_head {
    std::string method;
    std::string target;
    bool is_http_1_1 = false;
    std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case

    [[nodiscard]] std::vector<std::string> values_of(std::string_view name) const;
};

/// Reads a whole head: lines, each with its CRLF, the last of them empty.
[[nodiscard]] strict_head read_strictly(std::string_view head);

/// Takes the body out of a whole chunked one.
[[nodiscard]] std::string unchunk_strictly(std::string_view chunked);

}  // namespace pusherd::fuzz
