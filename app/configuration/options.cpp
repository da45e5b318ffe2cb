#include "app/configuration/options.hpp"

#include "app/metrics/server_metrics.hpp"
#include "app/service/mas.hpp"
#include "app/service/validators.hpp"
#include "domain/gateway_policy.hpp"
#include "domain/user_id.hpp"
#include "net/server/listener.hpp"
#include "persistence/registry/database.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iomanip>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <thread>
#include <type_traits>

namespace pusherd::app {
namespace {

constexpr unsigned most_threads_by_default = PUSHERD_MOST_THREADS;

std::string environment_name(std::string flag) {
    std::replace(flag.begin(), flag.end(), '-', '_');
    std::transform(flag.begin(), flag.end(), flag.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return "PUSHERD_" + flag;
}

// A validator that the help does not spell out: the type's name and the description say enough.
CLI::Validator quiet(CLI::Validator validator) { return validator.description(""); }

template <class Number>
std::string shown(Number number) {
    std::ostringstream text;
    text << std::setprecision(std::numeric_limits<Number>::digits10) << number;
    return text.str();
}

// By hand: CLI::Range() lets NaN pass, and does not say that a whole number is wanted.
template <class Number>
CLI::Validator number_between(Number lowest, Number highest) {
    return quiet(CLI::Validator(
        [=](const std::string& text) {
            Number number{};
            const bool is_good = CLI::detail::lexical_cast(text, number) && number >= lowest && number <= highest;
            if (is_good) return std::string();
            const std::string kind = std::is_integral_v<Number> ? "whole number" : "number";
            return "'" + text + "' is no " + kind + " from " + shown(lowest) + " to " + shown(highest);
        },
        ""));
}

template <class Value>
CLI::Option* add(CLI::App& command, const std::string& name, Value& into, const std::string& description) {
    return command.add_option("--" + name, into, description)->envname(environment_name(name));
}

CLI::Option* add_seconds(CLI::App& command, const std::string& name, std::chrono::seconds& into, long lowest,
                         const std::string& description) {
    return command
        .add_option_function<long>(
            "--" + name, [&into](long seconds) { into = std::chrono::seconds(seconds); }, description)
        ->envname(environment_name(name))
        ->check(number_between(lowest, 1'000'000L))
        ->default_str(std::to_string(into.count()))
        ->type_name("SECONDS");
}

// As chmod(1) takes it. Who owns the socket may always connect; and TOML's 0o660, which comes as 432, is no such mode.
std::optional<mode_t> to_mode(const std::string& text) {
    mode_t mode = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    const bool is_good =
        read.ec == std::errc{} && read.ptr == text.data() + text.size() && mode <= 0777 && (mode & 0200) != 0;
    return is_good ? std::optional(mode) : std::nullopt;
}

std::string check_mode(const std::string& text) {
    return to_mode(text) ? "" : "'" + text + "' is no mode, in octal digits, that lets the owner write, such as 0660";
}

template <class Value>
CLI::Validator one_of(const std::map<std::string, Value>& names) {
    return quiet(CLI::IsMember(names, CLI::ignore_case) & CLI::Transformer(names, CLI::ignore_case));
}

std::string check_server_name(const std::string& name) {
    return domain::is_server_name(name) ? "" : "'" + name + "' is no server name";
}

std::string check_folder(const std::string& name) { return name.empty() ? "a folder has a name" : ""; }

// What a flag may be given as its value: CLI11 would take any number as well.
CLI::Validator yes_or_no() {
    return quiet(CLI::Validator(
        [](const std::string& text) {
            const bool is_known = text == "true" || text == "false" || text == "on" || text == "off";
            return is_known ? std::string() : "'" + text + "' is neither true nor false";
        },
        ""));
}

std::string check_metrics_address(const std::string& address) {
    return server_metrics::are_built_in() ? net::check_listen_address(address)
                                          : "this pusherd was built without metrics";
}

std::string check_uri(const std::string& uri) { return uri.empty() ? "a URI is not empty" : ""; }

std::vector<std::string_view> split_at_commas(std::string_view text) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= text.size(); begin += parts.back().size() + 1)
        parts.push_back(text.substr(begin, text.find(',', begin) - begin));
    return parts;
}

template <class Rule>
using parser_of = domain::result<Rule> (*)(std::string_view);

// By hand, where `--listen` has CLI11 do it: that passes over what is empty, and takes brackets off. A list that became
// empty in this way would allow what it was to forbid.
template <class Rule>
CLI::Option* add_rules(CLI::App& command, const std::string& name, std::vector<Rule>& into, parser_of<Rule> parse,
                       const std::string& description) {
    const auto check = [parse](const std::string& text) {
        for (const std::string_view each : split_at_commas(text))
            if (const auto rule = parse(each); !rule) return rule.error().message;
        return std::string();
    };
    const auto adopt = [&into, parse](const std::vector<std::string>& texts) {
        into.clear();
        for (const std::string& text : texts)
            for (const std::string_view each : split_at_commas(text)) into.push_back(parse(each).value());
    };
    return command.add_option_function<std::vector<std::string>>("--" + name, adopt, description)
        ->envname(environment_name(name))
        ->check(quiet(CLI::Validator(check, "")))
        ->allow_extra_args(false);
}

const std::map<std::string, domain::email_policy> email_policies{{"accept", domain::email_policy::accept},
                                                                 {"refuse", domain::email_policy::refuse},
                                                                 {"owned", domain::email_policy::owned}};

void add_gateway_policy(CLI::App& command, domain::set_policy& into) {
    command.add_flag("--allow-insecure-gateways", into.allow_insecure_gateways, "Accept http:// gateway URLs as well")
        ->check(yes_or_no())
        ->envname(environment_name("allow-insecure-gateways"));
    add_rules(command, "gateway-hosts", into.gateways.hosts, domain::parse_gateway_rule,
              "The only hosts that gateways may have, such as *.example.org; repeatable (default: any)")
        ->type_name("HOST|CIDR");
    add_rules(command, "gateway-deny", into.gateways.denied, domain::parse_gateway_rule,
              "Hosts that gateways may not have; repeatable")
        ->type_name("HOST|CIDR");
    add_rules(command, "gateway-allow-range", into.gateways.allow_ranges, domain::parse_ip_range,
              "Addresses that gateways may have though they are private or local; repeatable")
        ->type_name("CIDR");
}

void add_email_policy(CLI::App& command, domain::set_policy& into) {
    add(command, "email-pushers", into.email_pushers,
        "Whether email pushers are taken; owned: for addresses that the homeserver says are the user's")
        ->type_name("accept|refuse|owned")
        ->transform(one_of(email_policies))
        ->default_str("accept");
}

void add_auth_options(CLI::App& command, auth_options& into) {
    constexpr long most_cache = 3600;
    constexpr long most_stale = 24 * 3600;
    constexpr long most_timeout = 3600;
    add(command, "auth", into.validators, "Who knows whose a token is, beside the table of tokens; repeatable")
        ->type_name("tokens|homeserver:URL|introspection:URL|appservice:FILE")
        ->check(quiet(CLI::Validator(check_validator, "")))
        ->delimiter(',')
        ->capture_default_str();
    add(command, "auth-client-id", into.client_id, "As which client introspection is asked for")->type_name("ID");
    add(command, "auth-secret-file", into.secret_file, "That client's secret; without a client: a bearer token")
        ->type_name("FILE");
    add(command, "auth-ca", into.authorities, "Who vouches for their certificates, as PEM (default: the system's)")
        ->type_name("FILE");
    add_seconds(command, "auth-cache", into.cache, 0, "How long a valid token is not asked about again")
        ->check(number_between(0L, most_cache));
    add_seconds(command, "auth-stale", into.stale, 0, "How long it stays valid while they cannot be asked")
        ->check(number_between(0L, most_stale));
    add_seconds(command, "auth-timeout", into.timeout, 1, "How long an answer of theirs may take")
        ->check(number_between(1L, most_timeout));
}

void add_mas_options(CLI::App& command, mas_options& into) {
    add(command, "mas-secret-file", into.secret_file,
        "The secret by which MAS calls /_synapse/mas/... (default: it cannot)")
        ->type_name("FILE")
        ->check(quiet(CLI::Validator(check_mas_secret_file, "")));
    add(command, "mas-upstream", into.upstream, "The homeserver that these calls are passed on to")
        ->type_name("URL")
        ->check(quiet(CLI::Validator(check_mas_upstream, "")));
}

// A TOML file may say it by its own booleans.
const std::map<std::string, bool> on_and_off{{"on", true}, {"off", false}, {"true", true}, {"false", false}};

}  // namespace

std::filesystem::path default_data_folder() {
    // systemd lists several folders if the unit names several (systemd.exec(5)): the first is ours.
    if (const char* state = std::getenv("STATE_DIRECTORY"); state != nullptr && *state != '\0') {
        const std::string folders = state;
        return folders.substr(0, folders.find(':'));
    }
    return "./pusherd-data";
}

void add_common_options(CLI::App& command, common_options& into) {
    into.data = default_data_folder();
    add(command, "data", into.data, "The folder of the database")
        ->type_name("DIR")
        ->check(check_folder)
        ->capture_default_str();
    add(command, "map-size", into.map_size,
        "How large the database may become: address space, not disk (a new one: " +
            std::to_string(persistence::default_map_size / persistence::gibibyte) + " GiB; else as recorded)")
        ->type_name("BYTES")
        ->transform(quiet(CLI::AsSizeValue(false)))
        ->check(number_between(persistence::smallest_map_size, persistence::largest_map_size));
    add(command, "server-name", into.server_name, "The one server whose users may have tokens; recorded")
        ->type_name("NAME")
        ->check(check_server_name);
    add(command, "config", into.config, "A TOML file with these options, without their dashes")->type_name("FILE");
    command
        .add_flag("--core-dumps", into.core_dumps, "Let a crash leave a core file, which may hold tokens and push keys")
        ->check(yes_or_no())
        ->envname(environment_name("core-dumps"));
}

void add_gateway_options(CLI::App& command, domain::set_policy& policy, poke_options& pokes) {
    add_gateway_policy(command, policy);
    add(command, "gateway-ca", pokes.authorities,
        "Who vouches for the certificates of push gateways, as PEM (default: the system's)")
        ->type_name("FILE");
}

void add_serve_options(CLI::App& command, serve_options& into) {
    net::server_settings& server = into.server;
    net::api_settings& api = server.api;
    server.threads = std::clamp(std::thread::hardware_concurrency(), 1U, most_threads_by_default);

    add(command, "listen", into.listen, "Where to listen; repeatable; port 0 takes a free one")
        ->type_name("HOST:PORT|tls:HOST:PORT|unix:/PATH")
        ->check(quiet(CLI::Validator(net::check_listen_address, "")))
        ->delimiter(',')
        ->capture_default_str();
    add(command, "tls-cert", into.certificate.chain, "The certificate of tls: and its chain, as PEM")
        ->type_name("FILE");
    add(command, "tls-key", into.certificate.key, "Its key, as PEM, not encrypted")->type_name("FILE");
    command
        .add_option_function<std::string>(
            "--unix-mode", [&into](const std::string& text) { into.permissions.mode = to_mode(text).value_or(0); },
            "Who may connect to unix: sockets")
        ->envname(environment_name("unix-mode"))
        ->check(quiet(CLI::Validator(check_mode, "")))
        ->default_str("0660")
        ->type_name("MODE");
    add(command, "unix-group", into.permissions.group, "Their group (default: the process's)")->type_name("GROUP");
    add(command, "metrics-listen", into.metrics_listen, "Where to serve GET /metrics, for Prometheus; repeatable")
        ->type_name("HOST:PORT|tls:HOST:PORT|unix:/PATH")
        ->check(quiet(CLI::Validator(check_metrics_address, "")))
        ->delimiter(',');
    add(command, "threads", server.threads,
        "I/O threads (default: one a core, at most " + std::to_string(most_threads_by_default) + ")")
        ->type_name("N")
        ->check(number_between(1, 256))
        ->capture_default_str();
    add(command, "max-pushers", api.user_limits.pushers, "Pushers that a user may have")
        ->type_name("N")
        ->check(number_between(1, 1'000'000))
        ->capture_default_str();
    add(command, "info-uri", api.info_uri, "Where the refusal of one pusher more sends people")
        ->type_name("URI")
        ->check(quiet(CLI::Validator(check_uri, "")))
        ->capture_default_str();
    add(command, "set-rate", api.set_rate, "Sets a second and user; 0: no limit")
        ->type_name("N")
        ->check(number_between(0.0, 1e6))
        ->capture_default_str();
    add(command, "set-burst", api.set_burst, "Sets that a user may send at once")
        ->type_name("N")
        ->check(number_between(1.0, 1e6))
        ->capture_default_str();
    add(command, "pokes", into.pokes.are_sent, "Whether what waits is sent to push gateways (on, off)")
        ->type_name("on|off")
        ->transform(one_of(on_and_off))
        ->default_str("on");
    add_gateway_options(command, api.set_policy, into.pokes);
    add_email_policy(command, api.set_policy);
    add_auth_options(command, into.auth);
    add_mas_options(command, into.mas);
    add(command, "query-token", api.query_token, "Whether the access token may stand in the query (on, off)")
        ->type_name("on|off")
        ->transform(one_of(on_and_off))
        ->default_str("on");
    add(command, "max-body", api.max_body, "Bytes that a request's body may have")
        ->type_name("BYTES")
        ->transform(quiet(CLI::AsSizeValue(false)))
        ->check(number_between(std::size_t{1}, std::size_t{64} << 20))
        ->capture_default_str();
    add(command, "notify-max-body", api.max_notify_body, "The same, of notifications that a homeserver hands over")
        ->type_name("BYTES")
        ->transform(quiet(CLI::AsSizeValue(false)))
        ->check(number_between(std::size_t{1}, std::size_t{64} << 20))
        ->capture_default_str();
    add(command, "max-connections", server.max_connections, "Connections at a time")
        ->type_name("N")
        ->check(number_between(1, 10'000'000))
        ->capture_default_str();
    add_seconds(command, "idle-timeout", server.idle_timeout, 1, "How long a connection may be without a request");
    add_seconds(command, "drain", into.drain, 0, "How long a stop waits for requests in flight");
    add(command, "log-requests", api.log_requests, "A log line for each request, without its access token (on, off)")
        ->type_name("on|off")
        ->transform(one_of(on_and_off))
        ->default_str("off");
    add(command, "log-level", into.level, "What is logged: debug, info, warning or error")
        ->type_name("LEVEL")
        ->transform(one_of(log_level_names()))
        ->default_str("info");
    add(command, "log-format", into.format, "How it is logged, to stderr: text or json")
        ->type_name("FORMAT")
        ->transform(one_of(log_format_names()))
        ->default_str("text");
}

}  // namespace pusherd::app
