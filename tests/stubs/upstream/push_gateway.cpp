#include "tests/stubs/upstream/push_gateway.hpp"

#include "tests/stubs/upstream/told_response.hpp"

#include <boost/json/parse.hpp>

#include <exception>

namespace pusherd::stubs {
namespace {

constexpr std::string_view notify_path = "/_matrix/push/v1/notify";

}  // namespace

std::string pushkey_in(const request& asked) {
    try {
        const auto body = boost::json::parse(asked.body());
        const auto& pushkey = body.at("notification").at("devices").at(0).at("pushkey").as_string();
        return {pushkey.data(), pushkey.size()};
    } catch (const std::exception&) {
        return {};
    }
}

std::optional<response> ask_push_gateway(const request& asked, std::string_view path, const script& told) {
    if (path != notify_path) return std::nullopt;
    if (asked.method() != http::verb::post) return matrix_error(405, "M_UNRECOGNIZED", "Unrecognized request");
    const std::string pushkey = pushkey_in(asked);
    if (pushkey.empty()) return matrix_error(400, "M_BAD_JSON", "This is no poke");
    const told_answer* known = told.find("push", pushkey);
    return known == nullptr ? answer_of(200, R"({"rejected":[]})") : told_response(*known);
}

}  // namespace pusherd::stubs
