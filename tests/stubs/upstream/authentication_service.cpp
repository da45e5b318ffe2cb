#include "tests/stubs/upstream/authentication_service.hpp"

#include "tests/stubs/upstream/told_response.hpp"

#include <nettle/base64.h>

#include <string>

namespace pusherd::stubs {
namespace {

const std::string inactive = R"({"active":false})";

std::optional<std::string> decode_base64(std::string_view text) {
    base64_decode_ctx decoder{};
    base64_decode_init(&decoder);
    std::string bytes(BASE64_DECODE_LENGTH(text.size()), '\0');
    std::size_t size = bytes.size();
    if (base64_decode_update(&decoder, &size, reinterpret_cast<unsigned char*>(bytes.data()), text.size(),
                             text.data()) == 0 ||
        base64_decode_final(&decoder) == 0)
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

// RFC 6749, 2.3.1: either half is form-urlencoded before both go into HTTP Basic.
bool is_client(std::string_view authorization, const options& how) {
    constexpr std::string_view scheme = "Basic ";
    if (how.client_id.empty() || !authorization.starts_with(scheme)) return false;
    const auto both = decode_base64(authorization.substr(scheme.size()));
    if (!both) return false;
    const std::size_t colon = both->find(':');
    if (colon == std::string::npos) return false;
    return form_value("id=" + both->substr(0, colon), "id") == how.client_id &&
           form_value("secret=" + both->substr(colon + 1), "secret") == how.client_secret;
}

bool has_shared_secret(const request& asked, const options& how) {
    return !how.bearer_secret.empty() && bearer_token(asked) == how.bearer_secret;
}

bool may_introspect(const request& asked, const options& how) {
    const auto authorization = asked[http::field::authorization];
    return is_client({authorization.data(), authorization.size()}, how) || has_shared_secret(asked, how);
}

response introspect(const request& asked, const script& told, const options& how) {
    if (asked.method() != http::verb::post) return answer_of(405, R"({"error":"invalid_request"})");
    if (!may_introspect(asked, how)) return answer_of(401, R"({"error":"invalid_client"})");
    const auto token = form_value(asked.body(), "token");
    if (asked[http::field::content_type] != "application/x-www-form-urlencoded" || !token)
        return answer_of(400, R"({"error":"invalid_request"})");
    const told_answer* known = told.find("introspect", *token);
    if (known == nullptr) return answer_of(200, inactive);
    if (known->wants_device_id_header && asked["X-MAS-Supports-Device-Id"] != "1") return answer_of(200, inactive);
    return told_response(*known);
}

// The log of requests is what records it.
response take_notice(const request& asked, response taken, const options& how) {
    if (asked.method() != http::verb::post) return matrix_error(405, "M_UNRECOGNIZED", "Unrecognized request");
    if (!has_shared_secret(asked, how)) return matrix_error(403, "M_FORBIDDEN", "This endpoint is MAS's");
    return taken;
}

}  // namespace

std::optional<response> ask_authentication_service(const request& asked, std::string_view path, const script& told,
                                                   const options& how) {
    if (path == "/oauth2/introspect") return introspect(asked, told, how);
    if (path == "/_synapse/mas/delete_device") return take_notice(asked, response(http::status::no_content, 11), how);
    if (path == "/_synapse/mas/sync_devices") return take_notice(asked, answer_of(200, "{}"), how);
    if (path == "/_synapse/mas/delete_user") return take_notice(asked, answer_of(200, "{}"), how);
    return std::nullopt;
}

}  // namespace pusherd::stubs
