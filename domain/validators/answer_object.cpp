#include "domain/validators/answer_object.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace pusherd::domain {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_errcode = 128;
constexpr std::size_t longest_text = 1024;

bool is_errcode(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longest_errcode && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

}  // namespace

std::optional<json::object> read_object(std::string_view body) {
    boost::system::error_code bad;
    json::value value = json::parse(body, bad);
    if (bad || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

std::optional<std::string> find_text(const json::object& in, std::string_view name) {
    const json::value* const found = in.if_contains(name);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string(found->get_string().data(), found->get_string().size());
}

std::optional<bool> find_bool(const json::object& in, std::string_view name) {
    const json::value* const found = in.if_contains(name);
    if (found == nullptr || !found->is_bool()) return std::nullopt;
    return found->get_bool();
}

bool is_true(const json::object& in, std::string_view name) { return find_bool(in, name).value_or(false); }

std::optional<refused_token> read_refusal(unsigned status, const json::object& body) {
    auto errcode = find_text(body, "errcode");
    if (!errcode || !is_errcode(*errcode)) return std::nullopt;
    std::string text = find_text(body, "error").value_or("");
    if (text.size() > longest_text) text.clear();  // cut, it might be no UTF-8 any more
    return refused_token{status, std::move(*errcode), std::move(text), find_bool(body, "soft_logout")};
}

}  // namespace pusherd::domain
