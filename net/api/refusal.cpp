#include "net/api/refusal.hpp"

#include <boost/json/serialize.hpp>

#include <cstdlib>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::chrono::milliseconds queue_retry{1000};

std::string quoted(std::string_view text) { return boost::json::serialize(boost::json::string_view{text}); }

}  // namespace

refusal to_refusal(domain::error problem, std::string_view info_uri) {
    std::string text = std::move(problem.message);
    switch (problem.code) {  // no default: -Wswitch keeps this complete
        case domain::errc::not_json: return {400, "M_NOT_JSON", std::move(text)};
        case domain::errc::bad_json: return {400, "M_BAD_JSON", std::move(text)};
        case domain::errc::missing_param: return {400, "M_MISSING_PARAM", std::move(text)};
        case domain::errc::invalid_param: return {400, "M_INVALID_PARAM", std::move(text)};
        case domain::errc::user_limit_exceeded:
            return {.status = 400, .errcode = "M_USER_LIMIT_EXCEEDED", .error = std::move(text), .info_uri = info_uri};
        case domain::errc::unknown_token: return {401, "M_UNKNOWN_TOKEN", "Unrecognised access token."};
        case domain::errc::forbidden:
            return {403, "M_FORBIDDEN", "This access token belongs to a service, not to a user."};
        case domain::errc::queue_full: return refusals::too_many_sets(queue_retry);
    }
    std::abort();
}

namespace refusals {

refusal malformed() { return {400, "M_UNKNOWN", "This is not a well-formed HTTP/1.1 request."}; }

refusal not_encrypted() { return {400, "M_UNKNOWN", "This port speaks TLS: the address begins with https://."}; }

refusal head_too_large() {
    return {431, "M_TOO_LARGE", "The head of a request may have at most 16384 bytes and 100 fields."};
}

refusal body_too_large(std::uint64_t limit) {
    return {413, "M_TOO_LARGE", "The body may have at most " + std::to_string(limit) + " bytes."};
}

refusal too_slow() { return {408, "M_UNKNOWN", "The request did not arrive in time."}; }

refusal not_found() { return {404, "M_UNRECOGNIZED", "Unrecognized request."}; }

refusal method_not_allowed(std::string_view allow) {
    return {.status = 405,
            .errcode = "M_UNRECOGNIZED",
            .error = "Unrecognized request method; this path knows " + std::string(allow) + ".",
            .allow = allow};
}

refusal missing_token(std::string_view why) { return {401, "M_MISSING_TOKEN", std::string(why)}; }

refusal too_many_sets(std::chrono::milliseconds retry_after) {
    return {429, "M_LIMIT_EXCEEDED", "Too many requests.", retry_after};
}

refusal too_many_connections() {
    return {503, "M_UNKNOWN", "The server has as many connections as it may have.", std::chrono::seconds{1}};
}

refusal internal() noexcept { return {500, "M_UNKNOWN", {}}; }

}  // namespace refusals

std::string body_of(const refusal& no) {
    if (no.status == 500) return std::string(internal_error_body);
    std::string body = "{\"errcode\":\"";
    body += no.errcode;
    body += "\",\"error\":";
    body += quoted(no.error);
    if (no.errcode == "M_UNKNOWN_TOKEN") body += ",\"soft_logout\":false";
    if (!no.info_uri.empty()) body += ",\"info_uri\":" + quoted(no.info_uri);
    if (no.status == 429 && no.retry_after) body += ",\"retry_after_ms\":" + std::to_string(no.retry_after->count());
    body += '}';
    return body;
}

std::string fields_of(const refusal& no) {
    std::string fields;
    if (!no.allow.empty()) fields += "Allow: " + std::string(no.allow) + "\r\n";
    if (no.retry_after) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*no.retry_after).count();
        fields += "Retry-After: " + std::to_string(seconds) + "\r\n";
        fields += "Access-Control-Expose-Headers: Pusherd-Outcome, Retry-After\r\n";
    }
    return fields;
}

}  // namespace pusherd::net
