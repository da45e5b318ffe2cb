#include "net/api/refusal.hpp"

#include "domain/json_text.hpp"
#include "net/http/request_reader.hpp"

#include <cstdlib>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::chrono::milliseconds queue_retry{1000};

refusal too_many_requests(refusal_reason reason, std::chrono::milliseconds retry_after) {
    return {429, reason, "M_LIMIT_EXCEEDED", "Too many requests.", retry_after};
}

}  // namespace

std::string_view to_string(refusal_reason reason) noexcept {
    switch (reason) {  // no default: -Wswitch keeps this complete
        case refusal_reason::malformed: return "malformed";
        case refusal_reason::not_encrypted: return "not_encrypted";
        case refusal_reason::head_too_large: return "head_too_large";
        case refusal_reason::body_too_large: return "body_too_large";
        case refusal_reason::too_slow: return "too_slow";
        case refusal_reason::not_found: return "not_found";
        case refusal_reason::method_not_allowed: return "method_not_allowed";
        case refusal_reason::missing_token: return "missing_token";
        case refusal_reason::unknown_token: return "unknown_token";
        case refusal_reason::forbidden: return "forbidden";
        case refusal_reason::refused_by_validator: return "refused_by_validator";
        case refusal_reason::nobody_to_ask: return "nobody_to_ask";
        case refusal_reason::not_relayed: return "not_relayed";
        case refusal_reason::not_json: return "not_json";
        case refusal_reason::bad_json: return "bad_json";
        case refusal_reason::missing_param: return "missing_param";
        case refusal_reason::invalid_param: return "invalid_param";
        case refusal_reason::user_limit_exceeded: return "user_limit_exceeded";
        case refusal_reason::set_rate: return "set_rate";
        case refusal_reason::test_rate: return "test_rate";
        case refusal_reason::no_such_pusher: return "no_such_pusher";
        case refusal_reason::nobody_to_test: return "nobody_to_test";
        case refusal_reason::queue_full: return "queue_full";
        case refusal_reason::too_many_connections: return "too_many_connections";
        case refusal_reason::internal: return "internal";
    }
    return {};
}

refusal to_refusal(domain::error problem, std::string_view info_uri) {
    using enum refusal_reason;
    std::string text = std::move(problem.message);
    switch (problem.code) {  // no default: -Wswitch keeps this complete
        case domain::errc::not_json: return {400, not_json, "M_NOT_JSON", std::move(text)};
        case domain::errc::bad_json: return {400, bad_json, "M_BAD_JSON", std::move(text)};
        case domain::errc::missing_param: return {400, missing_param, "M_MISSING_PARAM", std::move(text)};
        case domain::errc::invalid_param: return {400, invalid_param, "M_INVALID_PARAM", std::move(text)};
        case domain::errc::user_limit_exceeded:
            return {.status = 400,
                    .reason = user_limit_exceeded,
                    .errcode = "M_USER_LIMIT_EXCEEDED",
                    .error = std::move(text),
                    .info_uri = info_uri};
        case domain::errc::unknown_token: return {401, unknown_token, "M_UNKNOWN_TOKEN", "Unrecognised access token."};
        case domain::errc::forbidden:
            if (text.empty()) text = "This access token belongs to a service, not to a user.";
            return {403, forbidden, "M_FORBIDDEN", std::move(text)};
        case domain::errc::queue_full: return too_many_requests(queue_full, queue_retry);
    }
    std::abort();
}

std::optional<refusal> check_role(access wanted, domain::role who) {
    switch (wanted) {
        case access::anybody:
        case access::mas: return std::nullopt;  // who calls has been looked at
        case access::user:
            if (who != domain::role::service) return std::nullopt;
            return to_refusal({domain::errc::forbidden, ""}, {});
        case access::admin:
            if (who == domain::role::admin) return std::nullopt;
            return to_refusal({domain::errc::forbidden, "You are not a server admin"}, {});
        case access::service:
            if (who == domain::role::service) return std::nullopt;
            return to_refusal({domain::errc::forbidden, "This is for services: it wants a service's token."}, {});
    }
    return refusals::internal();
}

namespace refusals {

refusal malformed() {
    return {400, refusal_reason::malformed, "M_UNKNOWN", "This is not a well-formed HTTP/1.1 request."};
}

refusal unreadable(reading_fault fault, std::uint64_t body_limit) {
    switch (fault) {
        case reading_fault::head_too_large: return head_too_large();
        case reading_fault::body_too_large: return body_too_large(body_limit);
        case reading_fault::malformed: break;
    }
    return malformed();
}

refusal not_encrypted() {
    return {400, refusal_reason::not_encrypted, "M_UNKNOWN", "This port speaks TLS: the address begins with https://."};
}

refusal head_too_large() {
    return {431, refusal_reason::head_too_large, "M_TOO_LARGE",
            "The head of a request may have at most 16384 bytes and 100 fields."};
}

refusal body_too_large(std::uint64_t limit) {
    return {413, refusal_reason::body_too_large, "M_TOO_LARGE",
            "The body may have at most " + std::to_string(limit) + " bytes."};
}

refusal too_slow() { return {408, refusal_reason::too_slow, "M_UNKNOWN", "The request did not arrive in time."}; }

refusal not_found() { return {404, refusal_reason::not_found, "M_UNRECOGNIZED", "Unrecognized request."}; }

refusal method_not_allowed(std::string_view allow) {
    return {.status = 405,
            .reason = refusal_reason::method_not_allowed,
            .errcode = "M_UNRECOGNIZED",
            .error = "Unrecognized request method; this path knows " + std::string(allow) + ".",
            .allow = allow};
}

refusal missing_token(std::string_view why) {
    return {401, refusal_reason::missing_token, "M_MISSING_TOKEN", std::string(why)};
}

refusal of_validator(unsigned status, std::string errcode, std::string error, std::optional<bool> soft_logout) {
    if (error.empty()) error = "The homeserver refuses it.";
    return {.status = status,
            .reason = refusal_reason::refused_by_validator,
            .errcode = std::move(errcode),
            .error = std::move(error),
            .soft_logout = soft_logout};
}

refusal address_of_somebody_else() {
    return {400, refusal_reason::refused_by_validator, "M_THREEPID_NOT_FOUND",
            "'pushkey' must be an e-mail address of yours that your homeserver has validated (--email-pushers owned)."};
}

refusal nobody_to_ask(std::chrono::milliseconds retry_after) {
    return {503, refusal_reason::nobody_to_ask, "M_UNKNOWN",
            "Whose access token this is cannot be found out at the moment.", retry_after};
}

refusal not_relayed(std::chrono::milliseconds retry_after) {
    return {503, refusal_reason::not_relayed, "M_UNKNOWN",
            "This has been done here, but the homeserver behind has not answered as one does: call again.",
            retry_after};
}

refusal not_called_by_mas() {
    return {403, refusal_reason::forbidden, "M_FORBIDDEN", "This endpoint must only be called by MAS"};
}

refusal too_many_sets(std::chrono::milliseconds retry_after) {
    return too_many_requests(refusal_reason::set_rate, retry_after);
}

refusal too_many_tests(std::chrono::milliseconds retry_after) {
    return too_many_requests(refusal_reason::test_rate, retry_after);
}

refusal no_such_pusher() {
    return {404, refusal_reason::no_such_pusher, "M_NOT_FOUND",
            "You have no http pusher with this app_id and pushkey."};
}

refusal nobody_to_test(std::chrono::milliseconds retry_after) {
    return {503, refusal_reason::nobody_to_test, "M_UNKNOWN", "No poke can be sent for a test at the moment.",
            retry_after};
}

refusal too_many_connections() {
    return {503, refusal_reason::too_many_connections, "M_UNKNOWN",
            "The server has as many connections as it may have.", std::chrono::seconds{1}};
}

refusal internal() noexcept { return {500, refusal_reason::internal, "M_UNKNOWN", {}}; }

}  // namespace refusals

std::string body_of(const refusal& no) {
    if (no.status == 500) return std::string(internal_error_body);
    std::string body = "{\"errcode\":\"";
    body += no.errcode;
    body += "\",\"error\":";
    domain::append_json(body, no.error);
    if (no.soft_logout || no.errcode == "M_UNKNOWN_TOKEN")
        body += no.soft_logout.value_or(false) ? ",\"soft_logout\":true" : ",\"soft_logout\":false";
    if (!no.info_uri.empty()) domain::append_json(body += ",\"info_uri\":", no.info_uri);
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
