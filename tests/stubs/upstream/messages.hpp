#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Requests and answers, as all of the stub's parts see them. Deliberately not pusherd's own code: what reads a request
/// of pusherd's here must not share its faults.
namespace pusherd::stubs {

namespace http = boost::beast::http;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

/// An answer with a body of this type.
[[nodiscard]] response answer_of(unsigned status, std::string body, std::string_view type = "application/json");

/// A failure as Matrix servers tell it.
[[nodiscard]] response matrix_error(unsigned status, std::string_view errcode, std::string_view text);

/// The token behind `Bearer `; nothing if there is none.
[[nodiscard]] std::optional<std::string> bearer_token(const request& asked);

/// The target without its query.
[[nodiscard]] std::string_view path_of(const request& asked);

/// A parameter of the query; nothing if it is not there.
[[nodiscard]] std::optional<std::string> query_parameter(const request& asked, std::string_view name);

/// A value of an application/x-www-form-urlencoded text; nothing if it is not there.
[[nodiscard]] std::optional<std::string> form_value(std::string_view form, std::string_view name);

/// The access token that a request is about: the bearer's, or the one in an introspection's form; "" if none.
[[nodiscard]] std::string token_in(const request& asked);

}  // namespace pusherd::stubs
