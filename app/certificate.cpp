#include "app/certificate.hpp"

#include "app/commands.hpp"
#include "net/server/listen_address.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

namespace pusherd::app {
namespace {

bool wants_tls(const std::string& address) {
    return net::parse_listen_address(address).how == net::listen_address::kind::tls;
}

bool is_open_to_others(const std::filesystem::path& file) {
    std::error_code ignored;
    const auto permissions = std::filesystem::status(file, ignored).permissions();
    return !ignored && (permissions & std::filesystem::perms::others_all) != std::filesystem::perms::none;
}

}  // namespace

std::unique_ptr<net::tls::credentials> load_credentials(const serve_options& options, domain::logger& log) {
    if (std::none_of(options.listen.begin(), options.listen.end(), wants_tls)) return nullptr;
    const auto& [chain, key] = options.certificate;
    if (chain.empty() || key.empty())
        throw unusable_arguments("--listen tls:… needs --tls-cert FILE and --tls-key FILE");
    auto credentials = std::make_unique<net::tls::credentials>(options.certificate);
    if (is_open_to_others(key))
        log.write(domain::severity::warning,
                  key.string() + ": other users of this machine may read the key, or change it: chmod 600");
    return credentials;
}

}  // namespace pusherd::app
