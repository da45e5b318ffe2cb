#include "domain/shown_pusher.hpp"

#include "domain/authority.hpp"
#include "domain/json_source.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace pusherd::domain {
namespace {

// What the member of that key says, if there is one and it is a string.
std::optional<std::string> text_in(std::string_view object, std::string_view key) {
    for (const auto& member : json_source::members_of(object))
        if (member.is(key)) return json_source::text_of(member.value);
    return std::nullopt;
}

std::string whole(std::string_view shown) { return std::string(shown) + '}'; }

std::string host_of(std::string_view url) {
    const std::size_t begin = std::min(url.find("://"), url.size() - 3) + 3;
    const auto authority = read_authority(url.substr(begin, std::min(url.find('/', begin), url.size()) - begin));
    if (!authority) return {};
    std::string host(authority->host);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    return in_lower_case(std::move(host));
}

}  // namespace

// `data` is the last member, and nothing before it can hold this text: quotes within strings are escaped.
std::string_view data_of_shown(std::string_view shown) {
    constexpr std::string_view name = ",\"data\":";
    const std::size_t at = shown.find(name);
    return at == std::string_view::npos ? "{}" : shown.substr(at + name.size());
}

// The key stands in front of the kind, and no quotation mark within it is there unescaped.
pusher_key key_of_shown(std::string_view shown) {
    const std::string object = whole(shown.substr(0, shown.find(",\"kind\":")));
    return {text_in(object, "app_id").value_or(""), text_in(object, "pushkey").value_or("")};
}

std::string url_of_data(std::string_view data) { return text_in(data, "url").value_or(""); }

std::string gateway_host_of_shown(std::string_view shown) {
    const std::string url = url_of_data(data_of_shown(shown));
    return url.size() > 3 ? host_of(url) : std::string();
}

bool has_profile_tag(std::string_view shown) {
    return shown.substr(0, shown.size() - data_of_shown(shown).size()).find(",\"profile_tag\":") !=
           std::string_view::npos;
}

}  // namespace pusherd::domain
