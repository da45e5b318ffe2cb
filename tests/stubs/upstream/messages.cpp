#include "tests/stubs/upstream/messages.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace pusherd::stubs {
namespace {

std::string_view query_of(const request& asked) {
    const std::string_view target(asked.target().data(), asked.target().size());
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

// Boost.URL 1.81 reads beyond the end of the last of several parameters, so that they are told apart here.
std::optional<std::string> value_in(std::string_view encoded, std::string_view name, bool plus_is_space) {
    boost::urls::encoding_opts how;
    how.space_as_plus = plus_is_space;
    while (!encoded.empty()) {
        const std::string_view each = encoded.substr(0, encoded.find('&'));
        encoded.remove_prefix(std::min(encoded.size(), each.size() + 1));
        const std::size_t equals = each.find('=');
        if (equals == std::string_view::npos || each.substr(0, equals) != name) continue;
        return boost::urls::pct_string_view(each.substr(equals + 1)).decode(how);
    }
    return std::nullopt;
}

}  // namespace

response answer_of(unsigned status, std::string body, std::string_view type) {
    response made(static_cast<http::status>(status), 11);
    made.set(http::field::content_type, boost::beast::string_view(type.data(), type.size()));
    made.body() = std::move(body);
    return made;
}

response matrix_error(unsigned status, std::string_view errcode, std::string_view text) {
    return answer_of(status, boost::json::serialize(boost::json::object{{"errcode", errcode}, {"error", text}}));
}

std::optional<std::string> bearer_token(const request& asked) {
    constexpr std::string_view scheme = "Bearer ";
    const auto field = asked[http::field::authorization];
    const std::string_view value(field.data(), field.size());
    if (!value.starts_with(scheme) || value.size() == scheme.size()) return std::nullopt;
    return std::string(value.substr(scheme.size()));
}

std::string_view path_of(const request& asked) {
    const std::string_view target(asked.target().data(), asked.target().size());
    return target.substr(0, target.find('?'));
}

std::optional<std::string> query_parameter(const request& asked, std::string_view name) {
    return value_in(query_of(asked), name, false);
}

std::optional<std::string> form_value(std::string_view form, std::string_view name) {
    return value_in(form, name, true);
}

std::string token_in(const request& asked) {
    if (!path_of(asked).ends_with("/introspect")) return bearer_token(asked).value_or("");
    return form_value(asked.body(), "token").value_or("");
}

}  // namespace pusherd::stubs
