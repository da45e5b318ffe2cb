#include "app/service/validators.hpp"

#include "app/commands/commands.hpp"
#include "app/service/secret_file.hpp"
#include "domain/validators/homeserver_validator.hpp"
#include "domain/validators/introspection_validator.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace pusherd::app {
namespace {

constexpr std::string_view table = "tokens";
constexpr std::string_view homeserver = "homeserver:";
constexpr std::string_view introspection = "introspection:";

net::validator_options read_validator(const std::string& named, const auth_options& options,
                                      const std::string& server_name) {
    net::validator_options read;
    read.name = named;
    read.where.timeout = options.timeout;
    read.where.authorities = options.authorities;
    const std::string_view text = named;
    if (text.starts_with(homeserver)) {
        read.where.url = net::upstream_url::parse(text.substr(homeserver.size()));
        while (read.where.url.path.ends_with('/'))
            read.where.url.path.pop_back();  // the paths of the API begin with it
        read.how = std::make_unique<domain::homeserver_validator>(server_name);
        read.knows_addresses = true;
    } else {
        if (options.secret_file.empty())
            throw unusable_arguments("--auth introspection:URL needs --auth-secret-file FILE");
        read.where.url = net::upstream_url::parse(text.substr(introspection.size()));
        read.how = std::make_unique<domain::introspection_validator>(
            server_name, domain::introspection_credentials{options.client_id, read_secret(options.secret_file)});
    }
    return read;
}

bool has_validators(const auth_options& options) {
    return std::any_of(options.validators.begin(), options.validators.end(),
                       [](const std::string& each) { return each != table; });
}

bool has_homeserver(const auth_options& options) {
    return std::any_of(options.validators.begin(), options.validators.end(),
                       [](const std::string& each) { return each.starts_with(homeserver); });
}

}  // namespace

std::string check_validator(const std::string& named) {
    if (named == table) return {};
    for (const std::string_view kind : {homeserver, introspection}) {
        if (!named.starts_with(kind)) continue;
        try {
            (void)net::upstream_url::parse(std::string_view(named).substr(kind.size()));
            return {};
        } catch (const std::invalid_argument& problem) {
            return problem.what();
        }
    }
    return "'" + named + "' is neither tokens nor homeserver:URL nor introspection:URL";
}

void check_email_policy(domain::email_policy policy, const auth_options& options) {
    if (policy == domain::email_policy::owned && !has_homeserver(options))
        throw unusable_arguments("--email-pushers owned needs --auth homeserver:URL, which is asked");
}

std::vector<net::validator_options> read_validators(const auth_options& options, const std::string& server_name) {
    if (has_validators(options) && server_name.empty())
        throw unusable_arguments("--auth needs --server-name NAME: the server that users are of");
    std::vector<net::validator_options> validators;
    for (const std::string& each : options.validators)
        if (each != table) validators.push_back(read_validator(each, options, server_name));
    return validators;
}

std::unique_ptr<net::authenticator> start_authenticator(std::vector<net::validator_options> validators,
                                                        const auth_options& options, domain::logger& log) {
    if (validators.empty()) return nullptr;
    return std::make_unique<net::authenticator>(
        std::move(validators), net::verdict_lifetimes{.cache = options.cache, .stale = options.stale}, log);
}

std::chrono::milliseconds time_to_keep_session_ends(const auth_options& options) {
    if (!has_validators(options)) return {};
    return net::authenticator::longest_use({.cache = options.cache, .stale = options.stale}, options.timeout,
                                           options.validators.size());
}

}  // namespace pusherd::app
