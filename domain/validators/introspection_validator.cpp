#include "domain/validators/introspection_validator.hpp"

#include "domain/user_id.hpp"
#include "domain/validators/answer_object.hpp"
#include "domain/validators/form_encoding.hpp"

#include <nettle/base64.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace pusherd::domain {
namespace {

namespace json = boost::json;

// Each scope has an older name, from before MSC2967 was accepted.
constexpr std::string_view api_scopes[] = {"urn:matrix:client:api:*", "urn:matrix:org.matrix.msc2967.client:api:*"};
constexpr std::string_view device_scopes[] = {"urn:matrix:client:device:",
                                              "urn:matrix:org.matrix.msc2967.client:device:"};

std::string base64_of(std::string_view text) {
    std::string out(BASE64_ENCODE_RAW_LENGTH(text.size()), '\0');
    base64_encode_raw(out.data(), text.size(), reinterpret_cast<const std::uint8_t*>(text.data()));
    return out;
}

std::string authorization_by(const introspection_credentials& credentials) {
    if (credentials.client_id.empty()) return "Bearer " + credentials.secret;
    std::string both;
    append_encoded(both, credentials.client_id);
    append_encoded(both += ':', credentials.secret);
    return "Basic " + base64_of(both);
}

/// What a scope allows (RFC 6749, 3.3: words between spaces).
struct granted {
    bool has_client_api = false;
    std::set<std::string, std::less<>> devices;
};

granted read_scope(std::string_view scope) {
    granted found;
    while (!scope.empty()) {
        const std::string_view word = scope.substr(0, scope.find(' '));
        scope.remove_prefix(std::min(word.size() + 1, scope.size()));
        if (std::find(std::begin(api_scopes), std::end(api_scopes), word) != std::end(api_scopes))
            found.has_client_api = true;
        for (const std::string_view prefix : device_scopes)
            if (word.starts_with(prefix)) found.devices.emplace(word.substr(prefix.size()));
    }
    return found;
}

// Seconds since the epoch (RFC 7662, 2.2); nothing if it does not end.
std::optional<std::chrono::sys_seconds> read_expiry(const json::object& body) {
    const json::value* const exp = body.if_contains("exp");
    if (exp == nullptr || !exp->is_number()) return std::nullopt;
    constexpr double furthest = 1e11;  // in some 3,000 years
    const double seconds = std::clamp(exp->to_number<double>(), 0.0, furthest);
    return std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace

introspection_validator::introspection_validator(std::string server_name, const introspection_credentials& credentials)
    : server_name_(std::move(server_name)), authorization_(authorization_by(credentials)) {}

std::variant<validator_request, token_verdict> introspection_validator::ask(const token_question& question) const {
    validator_request request{"POST", {}, {}, "token="};
    request.fields.emplace_back("Authorization", authorization_);
    request.fields.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.fields.emplace_back("Accept", "application/json");
    // Without it, tokens whose device no scope can name are said to be inactive.
    request.fields.emplace_back("X-MAS-Supports-Device-Id", "1");
    append_encoded(request.body, question.token);
    request.body += "&token_type_hint=access_token";
    return request;
}

token_verdict introspection_validator::understand(const validator_answer& answer) const {
    if (answer.status != 200) return no_verdict{"it answered " + std::to_string(answer.status)};
    const auto body = read_object(answer.body);
    const auto active = body ? find_bool(*body, "active") : std::nullopt;
    if (!active) return no_verdict{"it did not say whether the token is active"};
    if (!*active) return unknown_token{};

    granted scope = read_scope(find_text(*body, "scope").value_or(""));
    if (!scope.has_client_api) return unknown_token{};
    const auto username = find_text(*body, "username");
    if (!username) return no_verdict{"its answer names no user"};
    std::string user_id = '@' + *username + ':' + server_name_;
    if (!is_user_id(user_id) || server_of(user_id) != server_name_)
        return no_verdict{"its answer names a user whom Matrix cannot have"};

    if (auto device = find_text(*body, "device_id")) scope.devices.insert(std::move(*device));
    if (scope.devices.size() > 1) return no_verdict{"its answer names two devices"};
    std::string device_id = scope.devices.empty() ? std::string() : *scope.devices.begin();
    if (!scope.devices.empty() && !is_device_id(device_id)) return no_verdict{"its answer names a device that is none"};
    return valid_token{std::move(user_id), std::move(device_id), read_expiry(*body)};
}

}  // namespace pusherd::domain
