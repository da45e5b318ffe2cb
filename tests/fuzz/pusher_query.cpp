// The query of an administrator's search or removal, undecoded, the first byte telling which: what is taken means what
// a plain reading finds, and a removal never means more than was named.

#include "net/api/pusher_query.hpp"

#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "net/api/percent_encoding.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::fuzz {
namespace {

using values = std::map<std::string, std::string>;

/// The query once more; nothing where a name stands twice.
std::optional<values> parameters_once(std::string_view query) {
    values all;
    for (const auto& [name, value] : net::parameters_of(query))
        if (!all.emplace(name, value).second) return std::nullopt;
    return all;
}

void require_same(const std::optional<std::string>& taken, const values& said, const std::string& name) {
    const auto found = said.find(name);
    require(taken.has_value() == (found != said.end()), "a filter is taken if it is named");
    if (!taken) return;
    require(!taken->empty() && domain::is_utf8(*taken), "a filter is text");
    require(*taken == (name == "gateway_host" ? domain::in_lower_case(found->second) : found->second),
            "a filter is taken as it stands");
}

void check_taken(const net::pusher_query& taken, const values& said, bool is_removal) {
    require_same(taken.filter.user_id, said, "user_id");
    require_same(taken.filter.app_id, said, "app_id");
    require_same(taken.filter.pushkey, said, "pushkey");
    require_same(taken.filter.gateway_host, said, "gateway_host");
    require_same(taken.filter.device_id, said, "device_id");
    require(taken.limit >= 1 && taken.limit <= 1000, "a page has 1 to 1000 pushers");
    require(taken.dry_run || (is_removal && said.at("dry_run") == "false"), "nothing is removed without being told so");
    require(!is_removal || !taken.filter.is_empty(), "a removal says of which pushers");
    if (!said.contains("from")) return;
    require(domain::is_user_id(taken.from.user_id), "a page begins at a user");
    const auto again = net::read_pusher_query("user_id=@a:b&from=" + net::to_text(taken.from), is_removal);
    require(again && again->from == taken.from, "a position is read as it is written");
}

}  // namespace

void check_pusher_query(std::string_view input) {
    const bool is_removal = !input.empty() && input.front() == 'D';
    input.remove_prefix(input.empty() ? 0 : 1);
    const exact_copy query(input);
    const auto taken = net::read_pusher_query(query.view(), is_removal);
    if (!taken) {
        require(taken.error().code == domain::errc::invalid_param, "what is refused is a parameter");
        require(!taken.error().message.empty() && domain::is_utf8(taken.error().message), "a refusal is text");
        return;
    }
    const auto said = parameters_once(query.view());
    require(said.has_value(), "no parameter stands twice");
    check_taken(*taken, *said, is_removal);
}

}  // namespace pusherd::fuzz
