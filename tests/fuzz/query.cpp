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

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::fuzz {
namespace {

using boost::beast::http::verb;

/// The table of routes, once more and in other words.
std::string expected_route(verb method, std::string_view path) {
    if (method == verb::options) return "preflight";
    std::string get;
    std::string post;
    for (const std::string_view version : {"v3", "r0", "unstable", "api/v1"}) {
        const std::string pushers = "/_matrix/client/" + std::string(version) + "/pushers";
        if (path == pushers) get = "list";
        if (path == pushers + "/set") post = "set";
    }
    if (path == "/_matrix/client/versions") get = "versions";
    if (path == "/health") get = "health";
    if (get.empty() && post.empty()) return "no such path";
    if (!get.empty() && (method == verb::get || method == verb::head)) return get;
    if (!post.empty() && method == verb::post) return post;
    return "no such method";
}

std::string route_of(const net::request_head& head) {
    const auto found = net::match(head.method, head.path);
    if (const auto* target = std::get_if<net::endpoint>(&found)) return std::string(to_string(*target));
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
