// A TOML file: refused as a bad configuration, or every option that it names has the value that it says, within its
// bounds.

#include "app/configuration/config_file.hpp"

#include "app/configuration/options.hpp"
#include "app/configuration/toml.hpp"
#include "domain/gateway_policy.hpp"
#include "net/server/listener.hpp"
#include "persistence/registry/database.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::fuzz {
namespace {

/// The command line `pusherd serve`, as far as a file has a say in it.
struct serve_command_line {
    CLI::App root{"pusherd", "pusherd"};
    CLI::App* serve = root.add_subcommand("serve", "");
    app::common_options common;
    app::serve_options options;

    serve_command_line() {
        app::add_common_options(*serve, common);
        app::add_serve_options(*serve, options);
        root.parse("serve", false);
    }
};

std::string path_of_file() {
    static const testing::temporary_folder folder;
    return (folder.path() / "pusherd.toml").string();
}

template <class Number>
bool is_between(Number lowest, Number number, Number highest) {
    return number >= lowest && number <= highest;
}

void check_bounds(const app::common_options& common, const app::serve_options& options) {
    const net::server_settings& server = options.server;
    const net::api_settings& api = server.api;
    require(is_between<std::size_t>(1, server.threads, 256), "threads has bounds");
    require(is_between<std::size_t>(1, api.user_limits.pushers, 1'000'000), "max-pushers has bounds");
    require(is_between(0.0, api.set_rate, 1e6) && is_between(1.0, api.set_burst, 1e6), "the rate of sets has bounds");
    require(is_between<std::size_t>(1, api.max_body, std::size_t{64} << 20), "max-body has bounds");
    require(is_between<std::size_t>(1, api.max_notify_body, std::size_t{64} << 20), "notify-max-body has bounds");
    require(is_between<std::size_t>(1, server.max_connections, 10'000'000), "max-connections has bounds");
    require(is_between<long>(1, server.idle_timeout.count(), 1'000'000), "idle-timeout has bounds");
    require(is_between<long>(0, options.drain.count(), 1'000'000), "drain has bounds");
    require(
        !common.map_size || is_between(persistence::smallest_map_size, *common.map_size, persistence::largest_map_size),
        "map-size has bounds");
    require((options.permissions.mode & ~mode_t{0777}) == 0, "unix-mode has bounds");
    require(!options.listen.empty(), "there is something to listen on");
    for (const std::string& each : options.listen)
        require(net::check_listen_address(each).empty(), "what is listened on is an address");
}

// The value of an option in the file, however its name is spelt.
template <class Value>
std::optional<Value> value_in(const toml::table& file, std::string_view option) {
    for (const auto& [key, value] : file) {
        std::string name(key.str());
        std::replace(name.begin(), name.end(), '_', '-');
        if (name == option) return value.template value_exact<Value>();
    }
    return std::nullopt;
}

template <class Wanted, class Value>
void check_same(const toml::table& file, std::string_view option, const Value& value) {
    if (const auto wanted = value_in<Wanted>(file, option))
        require(value == static_cast<Value>(*wanted), std::string(option) + " is what the file says");
}

// A file that names hosts leaves none out: without any, all would pass.
template <class Rule>
void check_rules(const toml::table& file, std::string_view option, const std::vector<Rule>& rules,
                 domain::result<Rule> (*parse)(std::string_view)) {
    if (const auto text = value_in<std::string>(file, option)) {
        require(rules.size() == 1U + static_cast<std::size_t>(std::count(text->begin(), text->end(), ',')),
                "there are as many rules as the file says");
        require(text->find(',') != std::string::npos || rules.front() == parse(*text).value(),
                std::string(option) + " is what the file says");
    }
}

void check_values(const std::string& path, const app::common_options& common, const app::serve_options& options) {
    const toml::table file = toml::parse_file(path);
    const net::api_settings& api = options.server.api;
    check_same<double>(file, "set-rate", api.set_rate);
    check_same<std::int64_t>(file, "set-rate", api.set_rate);
    check_same<double>(file, "set-burst", api.set_burst);
    check_same<std::int64_t>(file, "threads", options.server.threads);
    check_same<std::int64_t>(file, "max-pushers", api.user_limits.pushers);
    check_same<std::int64_t>(file, "max-body", api.max_body);
    check_same<std::int64_t>(file, "notify-max-body", api.max_notify_body);
    check_same<std::int64_t>(file, "max-connections", options.server.max_connections);
    check_same<std::int64_t>(file, "drain", options.drain.count());
    check_same<std::string>(file, "info-uri", api.info_uri);
    check_same<std::string>(file, "data", common.data.string());
    check_same<std::string>(file, "server-name", common.server_name);
    check_same<bool>(file, "query-token", api.query_token);
    check_same<bool>(file, "allow-insecure-gateways", api.set_policy.allow_insecure_gateways);
    const domain::gateway_policy& gateways = api.set_policy.gateways;
    check_rules(file, "gateway-hosts", gateways.hosts, domain::parse_gateway_rule);
    check_rules(file, "gateway-deny", gateways.denied, domain::parse_gateway_rule);
    check_rules(file, "gateway-allow-range", gateways.allow_ranges, domain::parse_ip_range);
    if (const auto* listen = file["listen"].as_array(); listen != nullptr && options.listen.size() == listen->size())
        for (std::size_t i = 0; i < listen->size(); ++i)
            if (const auto* address = listen->get(i)->as_string())
                require(address->get() == options.listen[i], "listen is what the file says");
}

}  // namespace

void check_config_file(std::string_view input) {
    const std::string path = path_of_file();
    testing::write_file(path, input);
    serve_command_line line;
    try {
        app::apply_config_file(path, line.root, *line.serve);
    } catch (const app::bad_config& problem) {
        require(std::string_view(problem.what()).starts_with(path), "a refusal names the file");
        return;
    }
    check_bounds(line.common, line.options);
    check_values(path, line.common, line.options);
}

}  // namespace pusherd::fuzz
