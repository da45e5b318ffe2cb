#include "domain/validators/homeserver_validator.hpp"

#include "domain/user_id.hpp"
#include "domain/validators/answer_object.hpp"
#include "domain/validators/form_encoding.hpp"

#include <algorithm>
#include <utility>

namespace pusherd::domain {
namespace {

namespace json = boost::json;

void append_parameter(std::string& target, std::string_view name, const std::optional<std::string>& value) {
    if (!value) return;
    target += target.find('?') == std::string::npos ? '?' : '&';
    target.append(name).append("=");
    append_encoded(target, *value);
}

token_verdict read_owner(const json::object& body, std::string_view server_name) {
    if (is_true(body, "is_guest")) return refused_token{403, "M_GUEST_ACCESS_FORBIDDEN", "Guest access not allowed."};
    const auto user_id = find_text(body, "user_id");
    if (!user_id || !is_user_id(*user_id)) return no_verdict{"its answer names no user"};
    if (server_of(*user_id) != server_name) return no_verdict{"its answer names a user of another server"};
    const json::value* const device = body.if_contains("device_id");
    const bool has_device = device != nullptr && !device->is_null();
    const std::string device_id = find_text(body, "device_id").value_or("");
    if (has_device && !is_device_id(device_id)) return no_verdict{"its answer names a device that is none"};
    return valid_token{*user_id, device_id, {}};
}

}  // namespace

bool can_be_a_bearer_token(std::string_view token) noexcept {
    return std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::optional<token_verdict> understand_refusal(unsigned status, const json::object& body) {
    auto no = read_refusal(status, body);
    if (!no) return std::nullopt;
    if (status == 401 && no->errcode == "M_UNKNOWN_TOKEN") return unknown_token{no->soft_logout.value_or(false)};
    const bool is_of_the_user = status == 403 || (status == 401 && no->errcode == "M_USER_LOCKED");
    if (!is_of_the_user) return std::nullopt;
    return std::move(*no);
}

validator_request get_as_client(std::string target, const token_question& question) {
    append_parameter(target, "user_id", question.asserted_user);
    append_parameter(target, "device_id", question.asserted_device);
    validator_request request{"GET", std::move(target), {}, {}};
    request.fields.emplace_back("Authorization", "Bearer " + question.token);
    request.fields.emplace_back("Accept", "application/json");
    if (!question.user_agent.empty()) request.fields.emplace_back("User-Agent", question.user_agent);
    if (!question.forwarded_for.empty()) request.fields.emplace_back("X-Forwarded-For", question.forwarded_for);
    return request;
}

std::variant<validator_request, token_verdict> homeserver_validator::ask(const token_question& question) const {
    if (!can_be_a_bearer_token(question.token)) return token_verdict(unknown_token{});
    return get_as_client("/_matrix/client/v3/account/whoami", question);
}

token_verdict homeserver_validator::understand(const validator_answer& answer) const {
    const auto body = read_object(answer.body);
    if (!body) return no_verdict{"it answered " + std::to_string(answer.status) + " without a JSON object"};
    if (answer.status == 200) return read_owner(*body, server_name_);
    if (auto no = understand_refusal(answer.status, *body)) return std::move(*no);
    return no_verdict{"it answered " + std::to_string(answer.status)};
}

}  // namespace pusherd::domain
