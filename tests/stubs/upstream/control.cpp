#include "tests/stubs/upstream/control.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <exception>
#include <string>

namespace pusherd::stubs {
namespace {

namespace json = boost::json;

std::string text_in(const json::object& told, const char* name) { return told.at(name).as_string().c_str(); }

std::string body_in(const json::object& told) {
    const json::string& body = told.at("body").as_string();  // which may hold a NUL
    return {body.data(), body.size()};
}

response set_answer(const json::object& told, script& into) {
    told_answer answer;
    answer.status = told.at("status").to_number<unsigned>();
    answer.body = body_in(told);
    for (const auto& [name, value] : told.at("fields").as_object())
        answer.fields.emplace_back(std::string(name), value.as_string().c_str());
    answer.is_of_application_service = told.at("is_of_application_service").as_bool();
    answer.wants_device_id_header = told.at("wants_device_id_header").as_bool();
    into.set_answer(text_in(told, "endpoint"), text_in(told, "token"), std::move(answer));
    return answer_of(200, "{}");
}

response set_fault(const json::object& told, script& into) {
    fault now;
    now.kind = fault_kind_of(text_in(told, "kind"));
    if (told.contains("delay_ms")) now.delay = std::chrono::milliseconds(told.at("delay_ms").to_number<unsigned>());
    if (told.contains("times")) now.times = told.at("times").to_number<unsigned>();
    if (told.contains("token")) now.token = text_in(told, "token");
    into.set_fault(std::move(now));
    return answer_of(200, "{}");
}

response requests_so_far(const request_log& log) {
    return answer_of(200, json::serialize(json::object{{"requests", log.as_json()}}));
}

response carry_out(const request& asked, std::string_view what, upstream& peer) {
    const auto told = [&] { return json::parse(asked.body()).as_object(); };
    const http::verb how = asked.method();
    if (what == "answer" && how == http::verb::put) return set_answer(told(), peer.told());
    if (what == "answer" && how == http::verb::delete_) {
        peer.told().forget(text_in(told(), "token"));
        return answer_of(200, "{}");
    }
    if (what == "fault" && how == http::verb::put) return set_fault(told(), peer.told());
    if (what == "release" && how == http::verb::post) {
        peer.release();
        return answer_of(200, "{}");
    }
    if (what == "close_idle" && how == http::verb::post)
        return answer_of(200, json::serialize(json::object{{"closed", peer.open().close_idle()}}));
    if (what == "requests" && how == http::verb::get) return requests_so_far(peer.log());
    if (what == "requests" && how == http::verb::delete_) {
        response taken = requests_so_far(peer.log());
        peer.log().clear();
        return taken;
    }
    return answer_of(404, R"({"error":"no such control"})");
}

constexpr std::string_view prefix = "/_stub/";

}  // namespace

bool is_control(const request& asked) { return path_of(asked).starts_with(prefix); }

response control(const request& asked, upstream& peer) {
    try {
        return carry_out(asked, path_of(asked).substr(prefix.size()), peer);
    } catch (const std::exception& problem) {
        return answer_of(400, json::serialize(json::object{{"error", problem.what()}}));
    }
}

}  // namespace pusherd::stubs
