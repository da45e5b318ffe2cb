#include "net/upstream/upstream_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <system_error>

namespace pusherd::net {
namespace {

namespace urls = boost::urls;

std::string to_string(urls::string_view text) { return {text.data(), text.size()}; }

// Boost.URL 1.81 takes any number of digits, and wraps what is too large.
bool is_port(std::string_view digits) {
    std::uint16_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return read.ec == std::errc{} && read.ptr == digits.data() + digits.size() && number != 0;
}

[[noreturn]] void refuse(std::string_view text) {
    throw std::invalid_argument("'" + std::string(text) +
                                "' is no URL such as https://matrix.example.org: http or https, a host, perhaps a port "
                                "and a path");
}

}  // namespace

std::string upstream_url::authority() const {
    const std::string shown = host.find(':') == std::string::npos ? host : '[' + host + ']';
    const bool is_usual = port == (is_secure ? "443" : "80");
    return is_usual ? shown : shown + ':' + port;
}

upstream_url upstream_url::parse(std::string_view text) {
    const auto parsed = urls::parse_uri(urls::string_view(text.data(), text.size()));
    if (!parsed) refuse(text);
    const bool is_http = parsed->scheme_id() == urls::scheme::http || parsed->scheme_id() == urls::scheme::https;
    const bool has_more = parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment();
    if (!is_http || has_more || parsed->host_address().empty()) refuse(text);
    if (parsed->has_port() && !is_port(to_string(parsed->port()))) refuse(text);

    upstream_url url;
    url.is_secure = parsed->scheme_id() == urls::scheme::https;
    url.host = parsed->host_address();
    url.port = parsed->has_port() ? to_string(parsed->port()) : url.is_secure ? "443" : "80";
    url.path = to_string(parsed->encoded_path());
    return url;
}

upstream_url upstream_url::parse_base(std::string_view text) {
    upstream_url base = parse(text);
    while (base.path.ends_with('/')) base.path.pop_back();
    return base;
}

}  // namespace pusherd::net
