#include "app/service/certificate.hpp"

#include "app/commands/commands.hpp"

#include <ctime>
#include <filesystem>
#include <string>
#include <system_error>

namespace pusherd::app {
namespace {

bool is_open_to_others(const std::filesystem::path& file) {
    std::error_code ignored;
    const auto permissions = std::filesystem::status(file, ignored).permissions();
    return !ignored && (permissions & std::filesystem::perms::others_all) != std::filesystem::perms::none;
}

void check(const net::tls::certificate_files& files, domain::logger& log) {
    if (files.chain.empty() || files.key.empty())
        throw unusable_arguments("TLS needs --tls-cert FILE and --tls-key FILE");
    if (is_open_to_others(files.key))
        log.write(domain::severity::warning,
                  files.key.string() + ": other users of this machine may read the key, or change it: chmod 600");
}

}  // namespace

std::unique_ptr<net::tls::credentials> load_credentials(bool are_needed, const net::tls::certificate_files& files,
                                                        domain::logger& log) {
    if (!are_needed) return nullptr;
    check(files, log);
    return std::make_unique<net::tls::credentials>(files);
}

std::string validity(const net::tls::credentials& credentials) {
    const auto ends = static_cast<std::time_t>(credentials.expiry().time_since_epoch().count());
    std::tm utc{};
    char text[sizeof "2027-02-24T12:00:00Z"];
    ::gmtime_r(&ends, &utc);
    return "valid until " + std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

std::shared_ptr<net::tls::credentials::renewal> read_credentials_again(const net::tls::credentials* credentials,
                                                                       const net::tls::certificate_files& files,
                                                                       domain::logger& log) {
    if (credentials == nullptr) return nullptr;
    check(files, log);
    return credentials->read(files);
}

}  // namespace pusherd::app
