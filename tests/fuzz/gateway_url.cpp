// The URL of a push gateway: the short way through the check agrees with the parser, and both with the documentation's
// words.

#include "domain/gateway_url.hpp"

#include "domain/text.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace pusherd::fuzz {
namespace {

constexpr std::string_view path = "/_matrix/push/v1/notify";

bool accepts(std::string_view url, bool insecure) {
    const exact_copy text(url);
    const auto verdict = domain::check_gateway_url(text.view(), insecure);
    if (verdict) return true;
    require(verdict.error().code == domain::errc::invalid_param, "a bad URL is an invalid parameter");
    require(verdict.error().message.starts_with("'data.url' must "), "a refusal says what a URL must be");
    return false;
}

bool begins_with(std::string_view text, std::string_view lower_case) {
    if (text.size() < lower_case.size()) return false;
    return std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char expected, char c) {
        return c == expected || (c >= 'A' && c <= 'Z' && c - 'A' + 'a' == expected);
    });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_port(std::string_view digits) {
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return false;
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return !digits.empty() && digits.size() <= 5 && std::stoi(std::string(digits)) <= 65535;
}

// What must be so of every URL that is accepted, by looking for its parts from the left.
void check_accepted(std::string_view url) {
    require(std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; }),
            "a URL is visible ASCII");
    require(url.find('#') == std::string_view::npos, "a URL has no fragment");
    require(begins_with(url, "https://") || begins_with(url, "http://"), "a URL is http's or https's");
    url.remove_prefix(url.find("//") + 2);
    const std::string_view authority = url.substr(0, url.find_first_of("/?"));
    const std::string_view rest = url.substr(authority.size());
    require(rest.substr(0, rest.find('?')) == path, "a URL has the path of a gateway");
    require(authority.find('@') == std::string_view::npos, "a URL names no user");
    const std::size_t colon = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
    require(!authority.substr(0, colon).empty(), "a URL has a host");
    if (colon == std::string_view::npos || colon + 1 == authority.size()) return;
    require(is_port(authority.substr(colon + 1)), "a port is 1 to 65535");
}

}  // namespace

void check_gateway_url(std::string_view input) {
    const bool secure = accepts(input, false);
    const bool any = accepts(input, true);
    require(any || !secure, "what is good is good with insecure gateways as well");
    if (any) check_accepted(input);
    if (any && !secure) require(begins_with(input, "http://"), "the option is about http alone");

    // The same URL in a spelling for which there is no short way.
    const std::string text(input);
    if (text.starts_with("https")) require(accepts("HTTPS" + text.substr(5), false) == secure, "a scheme has any case");
    if (text.find('?') == std::string::npos) require(accepts(text + "?a=b", false) == secure, "any query passes");
    if (text.starts_with("https:")) require(accepts("http" + text.substr(5), true) == secure, "http is checked alike");

    // A host's name or an address, whatever the port, is good.
    const bool is_name = !input.empty() && input.size() < 200 && std::all_of(input.begin(), input.end(), [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
    });
    if (is_name) {
        require(accepts("https://" + text + std::string(path), false), "a URL with this host is good");
        require(accepts("https://" + text + ":8448" + std::string(path), false), "and so with a port");
    }
    require(accepts("https://h:" + text + std::string(path), false) == (text.empty() || is_port(text)) ||
                text.find_first_of("/?#") != std::string::npos,
            "a port is good if it is 1 to 65535, or none");
}

}  // namespace pusherd::fuzz
