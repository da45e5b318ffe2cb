// The URL of a push gateway: the short way through the check agrees with the parser, and both with the documentation's
// words. And its host: what the C library takes for an address that is forbidden never passes, however it is written.

#include "domain/gateway_url.hpp"

#include "domain/gateway_policy.hpp"
#include "domain/text.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <optional>
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

/// The address that the C library finds in a text without asking anybody.
std::optional<domain::ip_address> as_the_library_reads(const std::string& text) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST;
    addrinfo* found = nullptr;
    if (::getaddrinfo(text.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
    domain::ip_address address{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
    if (found->ai_family == AF_INET)
        std::memcpy(address.bytes.data() + 12, &reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr, 4);
    else
        std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(found->ai_addr)->sin6_addr, 16);
    ::freeaddrinfo(found);
    return address;
}

std::string decoded(std::string_view host) {
    std::string out;
    for (std::size_t i = 0; i < host.size(); ++i) {
        const bool is_escape = host[i] == '%';
        out += is_escape ? static_cast<char>(std::stoi(std::string(host.substr(i + 1, 2)), nullptr, 16)) : host[i];
        if (is_escape) i += 2;
    }
    return out;
}

bool is_forbidden(const domain::ip_address& address) {
    const auto& all = domain::forbidden_ranges();
    return std::any_of(all.begin(), all.end(), [&](const domain::ip_range& each) { return each.contains(address); });
}

bool passes(std::string_view host, const domain::gateway_policy& policy) {
    const exact_copy text(host);
    const auto verdict = domain::check_gateway_host(text.view(), policy);
    if (verdict) return true;
    const std::string& why = verdict.error().message;
    require(verdict.error().code == domain::errc::invalid_param, "a bad host is an invalid parameter");
    require(why.starts_with("'data.url' points to ") && why.size() < 512,
            "a refusal says in short where a URL points to");
    require(why.find("(the server's option --gateway-") != std::string::npos, "a refusal names the option");
    require(domain::is_utf8(why) && !domain::has_control_character(why), "a refusal is a line of text");
    return false;
}

// The range behind the option's name in a refusal allows what was refused.
void check_way_out(std::string_view host) {
    const std::string why = domain::check_gateway_host(host, {}).error().message;
    constexpr std::string_view option = "--gateway-allow-range ";
    const std::size_t begin = why.find(option);
    require(begin != std::string::npos, "by default ranges alone are forbidden");
    const std::string range = why.substr(begin + option.size(), why.rfind(" allows it") - begin - option.size());
    require(passes(host, {.allow_ranges = {domain::parse_ip_range(range).value()}}), "what a refusal proposes helps");
}

void check_host(std::string_view host) {
    static const domain::gateway_policy nobody{.denied = {domain::parse_gateway_rule("*").value()}};
    const bool is_good = passes(host, {});
    require(passes(host, domain::any_gateway()), "any gateway is any");
    require(!passes(host, nobody), "what is denied does not pass");
    if (!is_good) check_way_out(host);

    std::string text = decoded(host);
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    if (const auto address = as_the_library_reads(text)) {
        const auto inside = domain::embedded_v4(*address);
        require(is_good == !(is_forbidden(*address) || (inside && is_forbidden(*inside))),
                "an address passes if it is in no forbidden range");
    }
    if (!host.starts_with('[')) require(passes(std::string(host) + '.', {}) == is_good, "a last dot changes nothing");
}

}  // namespace

void check_gateway_url(std::string_view input) {
    const bool secure = accepts(input, false);
    const bool any = accepts(input, true);
    require(any || !secure, "what is good is good with insecure gateways as well");
    if (any) check_accepted(input);
    if (const auto host = domain::check_gateway_url(input, true)) check_host(*host);
    for (const std::string& host : {std::string(input), '[' + std::string(input) + ']'}) {
        const std::string url = "https://" + host + std::string(path);
        if (const auto same = domain::check_gateway_url(url, false); same && *same == host) check_host(host);
    }
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
