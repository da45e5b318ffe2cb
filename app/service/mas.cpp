#include "app/service/mas.hpp"

#include "app/commands/commands.hpp"
#include "app/service/secret_file.hpp"
#include "net/mas/mas_service.hpp"

#include <stdexcept>
#include <utility>

namespace pusherd::app {
namespace {

std::string read_bearer_secret(const std::filesystem::path& file) {
    std::string secret = read_secret(file);
    if (!is_bearer_token(secret))
        throw command_failed(file.string() + ": its first line has a space, and is no bearer token");
    return secret;
}

net::upstream::options homeserver_of(const serve_options& options) {
    return {.url = net::upstream_url::parse_base(options.mas.upstream),
            .timeout = options.auth.timeout,
            .authorities = options.auth.authorities,
            .meanwhile = "what MAS calls is done here, and answered with 503, so that it calls again"};
}

}  // namespace

std::string check_mas_secret_file(const std::string& file) { return file.empty() ? "a file has a name" : ""; }

std::string check_mas_upstream(const std::string& url) {
    try {
        (void)net::upstream_url::parse(url);
        return {};
    } catch (const std::invalid_argument& problem) {
        return problem.what();
    }
}

std::unique_ptr<net::mas_calls> read_mas_calls(const serve_options& options, const std::string& server_name,
                                               domain::logger& log) {
    const mas_options& mas = options.mas;
    if (mas.secret_file.empty()) {
        if (!mas.upstream.empty()) throw unusable_arguments("--mas-upstream needs --mas-secret-file FILE");
        return nullptr;
    }
    if (server_name.empty())
        throw unusable_arguments("--mas-secret-file needs --server-name NAME: the server that users are of");
    net::mas_service::options how{.secret = read_bearer_secret(mas.secret_file), .server_name = server_name};
    if (!mas.upstream.empty()) {
        how.homeserver = homeserver_of(options);
        how.homeserver_name = mas.upstream;
    }
    return std::make_unique<net::mas_service>(std::move(how), log);
}

}  // namespace pusherd::app
