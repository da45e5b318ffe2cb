// What a request's line and Authorization fields ask for, and with which access token: the same as a plain reading of
// the documentation finds, and for a query that Boost.URL takes, the same as Boost.URL finds.

#include "net/api/access_token.hpp"
#include "net/api/routes.hpp"
#include "net/http/request_reader.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/url/params_encoded_view.hpp>
#include <boost/url/params_view.hpp>
#include <boost/url/parse_query.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::fuzz {
namespace {

using boost::beast::http::verb;

/// What a path asks for, by method.
using methods = std::map<verb, std::string>;

/// The parts between its slashes.
std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> parts(1);
    for (const char c : path)
        if (c == '/')
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

// Whether the path is `begin`, behind it so many parts that are not empty, and then something, slashes and all.
bool is_open(std::string_view path, std::string_view begin, std::size_t parts) {
    if (!path.starts_with(begin)) return false;
    const auto open = parts_of(path.substr(begin.size()));
    if (open.size() <= parts || (open.size() == parts + 1 && open.back().empty())) return false;
    return std::none_of(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(parts),
                        [](const std::string& part) { return part.empty(); });
}

/// The table of routes, once more and in other words.
methods methods_of(std::string_view path) {
    for (const std::string_view version : {"v3", "r0", "unstable", "api/v1"}) {
        const std::string pushers = "/_matrix/client/" + std::string(version) + "/pushers";
        if (path == pushers) return {{verb::get, "list"}};
        if (path == pushers + "/set") return {{verb::post, "set"}};
    }
    if (path == "/_matrix/client/versions") return {{verb::get, "versions"}};
    if (path == "/_pusherd/v1/openapi.json") return {{verb::get, "description"}};
    if (path == "/health") return {{verb::get, "health"}};
    if (path == "/_pusherd/v1/sessions/end") return {{verb::post, "end_sessions"}};
    if (path == "/_pusherd/v1/notify") return {{verb::post, "notify"}};
    if (path == "/_pusherd/v1/pushers") return {{verb::get, "pusher_health"}};
    if (path == "/_pusherd/v1/pushers/test") return {{verb::post, "pusher_test"}};
    for (const std::string_view call : {"delete_device", "sync_devices", "delete_user"})
        if (path == "/_synapse/mas/" + std::string(call)) return {{verb::post, "mas_" + std::string(call)}};
    if (path == "/_pusherd/v1/admin/counts") return {{verb::get, "admin_count"}};
    if (path == "/_pusherd/v1/admin/pushers")
        return {{verb::get, "admin_find"}, {verb::delete_, "admin_remove_selection"}};
    if (is_open(path, "/_matrix/client/unstable/pusherd/pushers/", 1)) return {{verb::delete_, "delete"}};
    if (is_open(path, "/_pusherd/v1/admin/pushers/", 2)) return {{verb::delete_, "admin_remove"}};
    const auto parts = parts_of(path);
    if (parts.size() == 7 && path.starts_with("/_synapse/admin/v1/users/") && !parts[5].empty() &&
        parts[6] == "pushers")
        return {{verb::get, "admin_list"}};
    return {};
}

std::string expected_route(verb method, std::string_view path) {
    if (method == verb::options) return "preflight";
    const methods known = methods_of(path);
    if (known.empty()) return "no such path";
    const auto found = known.find(method == verb::head ? verb::get : method);
    return found == known.end() ? "no such method" : found->second;
}

std::string route_of(const net::request_head& head) {
    const auto found = net::match(head.method, head.path, net::surface::api, true);
    if (const auto* route = std::get_if<net::matched_route>(&found)) return std::string(to_string(route->target));
    if (const auto* no = std::get_if<net::no_such_method>(&found)) {
        require(!no->allow.empty(), "a refused method goes with those that are known");
        return "no such method";
    }
    return "no such path";
}

/// The values of `access_token` as Boost.URL finds them; nothing where it takes no such query.
std::optional<std::vector<std::string>> tokens_by_boost(std::string_view query) {
    const std::string terminated(query);  // Boost 1.81 reads on to a NUL, whatever the size
    const auto parsed = boost::urls::parse_query(terminated.c_str());
    if (!parsed) return std::nullopt;
    boost::urls::encoding_opts keep_plus;
    keep_plus.space_as_plus = false;
    std::vector<std::string> values;
    for (const boost::urls::param_pct_view& parameter : *parsed)
        if (parameter.key.decode(keep_plus) == "access_token") values.push_back(parameter.value.decode(keep_plus));
    return values;
}

bool is_missing_token(const std::optional<net::refusal>& no) { return no && no->status == 401; }

void check_header_token(const net::request_head& head, const std::optional<net::refusal>& no, std::string_view token) {
    const std::string_view field = head.authorization;
    const bool is_bearer =
        field.size() > 7 && boost::beast::iequals(boost::beast::string_view(field.data(), 7), "bearer ");
    const std::string_view rest =
        is_bearer ? field.substr(std::min(field.find_first_not_of(' ', 7), field.size())) : "";
    const bool is_good =
        head.authorizations == 1 && !rest.empty() && rest.find_first_of(" \t") == std::string_view::npos;
    require(no.has_value() != is_good, "a header has a token if it is one `Bearer x`");
    if (is_good) require(token == rest, "a header's token is what stands behind Bearer");
}

void check_query_token(const net::request_head& head) {
    std::string token;
    const auto no = net::find_access_token(head, true, token);
    require(!no || is_missing_token(no), "without a good token the answer is 401");
    require(no || !token.empty(), "a token is not empty");
    const auto values = tokens_by_boost(head.query);
    if (!values) return;
    if (values->empty() && head.authorizations != 0) return check_header_token(head, no, token);
    const bool is_good = head.authorizations == 0 && values->size() == 1 && !values->front().empty();
    require(no.has_value() != is_good, "a query has a token if it has one, and there is no header");
    if (is_good) require(token == values->front(), "a query's token is decoded once");
}

}  // namespace

void check_query(std::string_view input) {
    std::string request(take_line(input));
    request += " HTTP/1.1\r\nHost: x\r\n";
    while (!input.empty()) request.append("Authorization: ").append(take_line(input)).append("\r\n");
    request += "\r\n";
    const exact_copy arrived(request);
    net::request_reader reader;
    std::size_t used = 0;
    if (reader.read_head(arrived.view(), used) != net::request_reader::progress::done) return;

    const net::request_head& head = reader.head();
    require(route_of(head) == expected_route(head.method, head.path), "a route is found as it is documented");
    std::string token;
    const auto no = net::find_access_token(head, false, token);
    if (head.authorizations == 0)
        require(is_missing_token(no), "a query that does not count has no token");
    else
        check_header_token(head, no, token);
    check_query_token(head);
}

}  // namespace pusherd::fuzz
