#include "tests/stubs/upstream/homeserver.hpp"

#include "tests/stubs/upstream/told_response.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>

namespace pusherd::stubs {
namespace {

namespace json = boost::json;

response unknown_token() {
    response refusal = matrix_error(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.");
    refusal.body().insert(refusal.body().size() - 1, R"(,"soft_logout":false)");
    return refusal;
}

// An application service's token acts as whom the query names; anybody else's is its owner's, whatever is asserted.
void assert_identity(response& answer, const request& asked) {
    json::object who = json::parse(answer.body()).as_object();
    for (const char* name : {"user_id", "device_id"})
        if (const auto asserted = query_parameter(asked, name)) who[name] = *asserted;
    answer.body() = json::serialize(who);
}

response answer_about_token(const request& asked, const std::string& endpoint, const script& told) {
    if (asked.method() != http::verb::get) return matrix_error(405, "M_UNRECOGNIZED", "Unrecognized request");
    const auto token = bearer_token(asked);
    if (!token) return matrix_error(401, "M_MISSING_TOKEN", "Missing access token");
    const told_answer* known = told.find(endpoint, *token);
    if (known == nullptr) return unknown_token();
    response answer = told_response(*known);
    if (known->is_of_application_service) assert_identity(answer, asked);
    return answer;
}

}  // namespace

std::optional<response> ask_homeserver(const request& asked, std::string_view path, const script& told) {
    if (path == "/_matrix/client/v3/account/whoami") return answer_about_token(asked, "whoami", told);
    if (path == "/_matrix/client/v3/account/3pid") return answer_about_token(asked, "3pid", told);
    return std::nullopt;
}

}  // namespace pusherd::stubs
