#include "domain/gateway_url.hpp"

#include <boost/url/grammar/ci_string.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace pusherd::domain {
namespace {

error invalid(std::string what) { return {errc::invalid_param, "'data.url' " + std::move(what)}; }

bool is_printable_ascii(char c) noexcept { return c > ' ' && c < '\x7f'; }

// An empty port is none (RFC 3986, 6.2.3). Boost.URL 1.81 takes 99999 for 34463, so the digits are read here.
bool has_usable_port(const boost::urls::url_view& url) {
    if (!url.has_port() || url.port().empty()) return true;
    const std::string_view digits{url.port().data(), url.port().size()};
    std::uint32_t port = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return read.ec == std::errc{} && port >= 1 && port <= 65535;
}

constexpr std::string_view gateway_path = "/_matrix/push/v1/notify";

// What nearly every app sends, and needs no parser: `https://`, a host of plain characters, the path and no more.
bool is_plain_gateway_url(std::string_view text) noexcept {
    constexpr std::string_view begin = "https://";
    if (!text.starts_with(begin) || !text.ends_with(gateway_path)) return false;
    if (text.size() <= begin.size() + gateway_path.size()) return false;
    const std::string_view host = text.substr(begin.size(), text.size() - begin.size() - gateway_path.size());
    return std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
}

}  // namespace

result<> check_gateway_url(std::string_view text, bool allow_insecure) {
    using boost::urls::grammar::ci_is_equal;

    if (is_plain_gateway_url(text)) return {};
    if (!std::all_of(text.begin(), text.end(), is_printable_ascii))
        return invalid("must be ASCII without spaces and control characters");
    if (text.find('#') != std::string_view::npos) return invalid("must not have a fragment");

    // Clients put into the query what RFC 3986 would have them encode. It is the gateway's business: cut it off.
    const auto parsed = boost::urls::parse_uri(text.substr(0, text.find('?')));
    if (!parsed) return invalid("must be an absolute URL");
    const boost::urls::url_view& url = *parsed;

    const bool is_http = ci_is_equal(url.scheme(), "http");
    if (is_http && !allow_insecure)
        return invalid("must be an https URL (the server's option --allow-insecure-gateways accepts http)");
    if (!is_http && !ci_is_equal(url.scheme(), "https")) return invalid("must be an https URL");
    if (!url.has_authority() || url.encoded_host().empty()) return invalid("must have a host");
    if (url.has_userinfo()) return invalid("must not have user info");
    if (!has_usable_port(url)) return invalid("must have a port of 1 to 65535, or none");
    if (url.encoded_path() != boost::urls::string_view(gateway_path.data(), gateway_path.size()))
        return invalid("must have the path /_matrix/push/v1/notify");
    return {};
}

}  // namespace pusherd::domain
