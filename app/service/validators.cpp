#include "app/service/validators.hpp"

#include "app/commands/commands.hpp"
#include "app/service/registration_file.hpp"
#include "app/service/secret_file.hpp"
#include "domain/validators/application_service_validator.hpp"
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
constexpr std::string_view application_service = "appservice:";

net::upstream::options read_upstream(net::upstream_url url, const auth_options& options) {
    return {.url = std::move(url), .timeout = options.timeout, .authorities = options.authorities};
}

net::validator_options read_validator(const std::string& named, const auth_options& options,
                                      const std::string& server_name) {
    net::validator_options read;
    read.name = named;
    const std::string_view text = named;
    if (text.starts_with(homeserver)) {
        read.where = read_upstream(net::upstream_url::parse_base(text.substr(homeserver.size())), options);
        read.how = std::make_unique<domain::homeserver_validator>(server_name);
        read.knows_addresses = true;
    } else if (text.starts_with(introspection)) {
        if (options.secret_file.empty())
            throw unusable_arguments("--auth introspection:URL needs --auth-secret-file FILE");
        read.where = read_upstream(net::upstream_url::parse(text.substr(introspection.size())), options);
        read.how = std::make_unique<domain::introspection_validator>(
            server_name, domain::introspection_credentials{options.client_id, read_secret(options.secret_file)});
    } else {
        read.how = std::make_unique<domain::application_service_validator>(
            read_registration(text.substr(application_service.size()), server_name));
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
    if (named.starts_with(application_service))
        return named.size() > application_service.size() ? "" : "'" + named + "' names no file";
    for (const std::string_view kind : {homeserver, introspection}) {
        if (!named.starts_with(kind)) continue;
        try {
            (void)net::upstream_url::parse(std::string_view(named).substr(kind.size()));
            return {};
        } catch (const std::invalid_argument& problem) {
            return problem.what();
        }
    }
    return "'" + named + "' is neither tokens nor homeserver:URL nor introspection:URL nor appservice:FILE";
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
