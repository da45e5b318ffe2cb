#pragma once

#include "domain/validators/token_validator.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

/// What the answers of validators have in common.
namespace pusherd::domain {

/// The JSON object that a body is; nothing if it is none.
[[nodiscard]] std::optional<boost::json::object> read_object(std::string_view body);

/// A member that is a string; nothing if it is absent or something else.
[[nodiscard]] std::optional<std::string> find_text(const boost::json::object& in, std::string_view name);

/// A member that is a boolean; nothing if it is absent or something else.
[[nodiscard]] std::optional<bool> find_bool(const boost::json::object& in, std::string_view name);

/// Whether a member is `true`.
[[nodiscard]] bool is_true(const boost::json::object& in, std::string_view name);

/// An error object of Matrix (client-server API, "Standard error response") that a client is to see as it is; nothing
/// if it has no errcode.
[[nodiscard]] std::optional<refused_token> read_refusal(unsigned status, const boost::json::object& body);

}  // namespace pusherd::domain
