#pragma once

#include "domain/error.hpp"
#include "domain/json_source.hpp"

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <string_view>
#include <vector>

/// What every body of a request must be, before its own rules.
namespace pusherd::domain {

/// A body that is a JSON object: what it says, and its source. The members are views of the body.
struct json_body {
    boost::json::value value;  ///< an object
    std::vector<json_source::member> members;
};

/// Parses a body: UTF-8, at most limits::json_depth levels deep, an object in which no key stands twice.
/// @param memory for the values; must outlive them
/// @return errc::not_json or errc::bad_json, with a text that begins with "The body" or "The key"
[[nodiscard]] result<json_body> parse_json_body(std::string_view body, const boost::json::storage_ptr& memory);

/// The same, for who cuts everything out of the source: a body of any size takes little more memory than its own.
[[nodiscard]] result<std::vector<json_source::member>> parse_json_members(std::string_view body);

/// errc::bad_json if a key stands twice among the members.
/// @param where they stand, for the text: empty, or such as " in 'data'"
[[nodiscard]] result<> check_not_repeated(const std::vector<json_source::member>& members, std::string_view where);

}  // namespace pusherd::domain
