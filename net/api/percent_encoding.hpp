#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Percent-encoding (RFC 3986, 2.1), as far as clients keep to it.
namespace pusherd::net {

/// Appends the text, decoded once. What is no valid escape stays as it is, and a plus is a plus. Nothing of it is left
/// elsewhere in memory: it may be an access token.
///
/// By hand: Boost.URL refuses a whole query for one character that some client did not encode.
void percent_decode(std::string_view text, std::string& out);

/// The text, decoded once.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// A parameter of a query, as it is written; views of the query.
struct query_parameter {
    std::string_view whole;
    std::string_view name;   ///< up to the first equals sign
    std::string_view value;  ///< behind it; empty if there is none
};

/// Takes the first parameter off a query that is not empty.
[[nodiscard]] query_parameter take_parameter(std::string_view& query) noexcept;

/// Whether that is the parameter's name, however it is encoded.
[[nodiscard]] bool is_named(const query_parameter& parameter, std::string_view name);

/// The parameters of a query, decoded, in their order; one without an equals sign has an empty value.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view query);

}  // namespace pusherd::net
