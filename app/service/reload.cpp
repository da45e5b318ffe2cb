#include "app/service/reload.hpp"

#include "app/service/certificate.hpp"
#include "app/service/open_file_limit.hpp"
#include "app/service/systemd.hpp"
#include "app/service/validators.hpp"
#include "domain/fixed_text.hpp"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace pusherd::app {
namespace {

using domain::severity;

/// The options that have another value than before, by their names.
class changed_options {
public:
    template <class Value>
    changed_options& compare(std::string_view option, const Value& before, const Value& now) {
        if (before == now) return *this;
        if (!names_.empty()) names_ += ", ";
        names_ += option;
        return *this;
    }

    [[nodiscard]] const std::string& names() const noexcept { return names_; }

private:
    std::string names_;
};

std::string changed_while_running(const serve_options& before, const serve_options& now) {
    const net::api_settings& old_api = before.server.api;
    const net::api_settings& api = now.server.api;
    const domain::set_policy& old_policy = old_api.set_policy;
    const domain::set_policy& policy = api.set_policy;
    return changed_options()
        .compare("max-pushers", old_api.user_limits.pushers, api.user_limits.pushers)
        .compare("info-uri", old_api.info_uri, api.info_uri)
        .compare("set-rate", old_api.set_rate, api.set_rate)
        .compare("set-burst", old_api.set_burst, api.set_burst)
        .compare("allow-insecure-gateways", old_policy.allow_insecure_gateways, policy.allow_insecure_gateways)
        .compare("gateway-hosts", old_policy.gateways.hosts, policy.gateways.hosts)
        .compare("gateway-deny", old_policy.gateways.denied, policy.gateways.denied)
        .compare("gateway-allow-range", old_policy.gateways.allow_ranges, policy.gateways.allow_ranges)
        .compare("email-pushers", old_policy.email_pushers, policy.email_pushers)
        .compare("query-token", old_api.query_token, api.query_token)
        .compare("max-body", old_api.max_body, api.max_body)
        .compare("notify-max-body", old_api.max_notify_body, api.max_notify_body)
        .compare("max-connections", before.server.max_connections, now.server.max_connections)
        .compare("idle-timeout", before.server.idle_timeout, now.server.idle_timeout)
        .compare("drain", before.drain, now.drain)
        .compare("tls-cert", before.certificate.chain, now.certificate.chain)
        .compare("tls-key", before.certificate.key, now.certificate.key)
        .compare("log-requests", old_api.log_requests, api.log_requests)
        .compare("log-level", before.level, now.level)
        .names();
}

std::string changed_by_a_restart(const serve_configuration& before, const serve_configuration& now) {
    const auth_options& old_auth = before.serve.auth;
    const auth_options& auth = now.serve.auth;
    return changed_options()
        .compare("data", before.common.data, now.common.data)
        .compare("map-size", before.common.map_size, now.common.map_size)
        .compare("server-name", before.common.server_name, now.common.server_name)
        .compare("core-dumps", before.common.core_dumps, now.common.core_dumps)
        .compare("listen", before.serve.listen, now.serve.listen)
        .compare("metrics-listen", before.serve.metrics_listen, now.serve.metrics_listen)
        .compare("unix-mode", before.serve.permissions.mode, now.serve.permissions.mode)
        .compare("unix-group", before.serve.permissions.group, now.serve.permissions.group)
        .compare("pokes", before.serve.pokes.are_sent, now.serve.pokes.are_sent)
        .compare("gateway-ca", before.serve.pokes.authorities, now.serve.pokes.authorities)
        .compare("auth", old_auth.validators, auth.validators)
        .compare("auth-client-id", old_auth.client_id, auth.client_id)
        .compare("auth-secret-file", old_auth.secret_file, auth.secret_file)
        .compare("auth-ca", old_auth.authorities, auth.authorities)
        .compare("auth-cache", old_auth.cache, auth.cache)
        .compare("auth-stale", old_auth.stale, auth.stale)
        .compare("auth-timeout", old_auth.timeout, auth.timeout)
        .compare("mas-secret-file", before.serve.mas.secret_file, now.serve.mas.secret_file)
        .compare("mas-upstream", before.serve.mas.upstream, now.serve.mas.upstream)
        .compare("threads", before.serve.server.threads, now.serve.server.threads)
        .compare("log-format", before.serve.format, now.serve.format)
        .names();
}

serve_configuration with_changes_while_running(const serve_configuration& running, const serve_configuration& wanted) {
    serve_configuration changed{running.common, wanted.serve};
    changed.serve.listen = running.serve.listen;
    changed.serve.metrics_listen = running.serve.metrics_listen;
    changed.serve.permissions = running.serve.permissions;
    changed.serve.server.threads = running.serve.server.threads;
    changed.serve.format = running.serve.format;
    changed.serve.pokes = running.serve.pokes;
    changed.serve.auth = running.serve.auth;
    changed.serve.mas = running.serve.mas;
    return changed;
}

}  // namespace

reloader::reloader(serve_configuration running, read_configuration read_again, const parts& changing, stderr_log& log)
    : running_(std::move(running)), read_again_(std::move(read_again)), changing_(changing), log_(log) {}

void reloader::reload() noexcept {
    notify_of_reload();
    try {
        adopt(read_again_());
    } catch (const std::exception& problem) {
        log_.write(severity::error,
                   domain::short_line{"the configuration stays as it was: ", std::string_view(problem.what())});
    }
    notify_service_manager("READY=1");
}

void reloader::adopt(const serve_configuration& wanted) {
    // What may fail comes first: all of it is adopted, or nothing.
    const std::string& file = wanted.common.config;
    const std::string changed = changed_while_running(running_.serve, wanted.serve);
    const std::string waiting = changed_by_a_restart(running_, wanted);
    const std::string told =
        (file.empty() ? "there is no configuration file to read again" : "read " + file + " again") +
        (!changed.empty()  ? "; changed: " + changed
         : waiting.empty() ? "; nothing has changed"
                           : "");
    serve_configuration running = with_changes_while_running(running_, wanted);
    check_email_policy(running.serve.server.api.set_policy.email_pushers, running.serve.auth);
    const auto certificate = read_credentials_again(changing_.credentials, running.serve.certificate, log_);
    net::server_settings settings = running.serve.server;
    settings.max_connections = raise_open_file_limit(settings.max_connections, log_);
    changing_.server.change_settings(settings);
    const domain::set_policy& policy = settings.api.set_policy;
    if (changing_.pokes != nullptr) changing_.pokes->change_policy(policy.gateways, policy.allow_insecure_gateways);

    const bool is_another_certificate = certificate && changing_.credentials->is_another(*certificate);
    if (certificate) changing_.credentials->adopt(*certificate);
    running_ = std::move(running);
    log_.change_level(running_.serve.level);
    // At any log level: who asks for it wants to know.
    log_.write(severity::notice, told);
    if (certificate)
        log_.write(severity::notice, domain::short_line{"the certificate has been read anew, and is ",
                                                        is_another_certificate ? "another, " : "the same, ",
                                                        validity(*changing_.credentials)});
    if (!waiting.empty()) log_.write(severity::warning, domain::short_line{"only a restart changes ", waiting});
}

}  // namespace pusherd::app
