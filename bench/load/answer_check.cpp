#include "bench/load/answer_check.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace pusherd::bench {
namespace {

namespace json = boost::json;

bool has_string(const json::object& item, std::string_view key) {
    const json::value* const found = item.if_contains({key.data(), key.size()});
    return found != nullptr && found->is_string();
}

// The client-server API, GET /pushers: what a pusher must have.
bool is_pusher(const json::value& item) {
    const json::object* const pusher = item.if_object();
    if (pusher == nullptr) return false;
    constexpr std::string_view texts[]{"pushkey", "kind", "app_id", "app_display_name", "device_display_name", "lang"};
    if (!std::all_of(std::begin(texts), std::end(texts), [&](auto key) { return has_string(*pusher, key); }))
        return false;
    const json::value* const data = pusher->if_contains("data");
    return data != nullptr && data->is_object();
}

bool is_list(std::string_view body) {
    boost::system::error_code problem;
    const json::value list = json::parse({body.data(), body.size()}, problem);
    if (problem || !list.is_object()) return false;
    const json::value* const pushers = list.get_object().if_contains("pushers");
    if (pushers == nullptr || !pushers->is_array()) return false;
    const json::array& items = pushers->get_array();
    return std::all_of(items.begin(), items.end(), is_pusher);
}

}  // namespace

verdict check_answer(request_kind kind, int status, std::string_view body) noexcept {
    if (status != 200) return verdict::wrong_status;
    const bool is_right =
        kind == request_kind::list ? body.starts_with(R"({"pushers":[)") && body.ends_with("]}") : body == "{}";
    return is_right ? verdict::right : verdict::wrong_body;
}

verdict check_answer_closely(request_kind kind, int status, std::string_view body) {
    const verdict first = check_answer(kind, status, body);
    if (first != verdict::right || kind != request_kind::list) return first;
    return is_list(body) ? verdict::right : verdict::wrong_body;
}

}  // namespace pusherd::bench
