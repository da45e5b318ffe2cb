#include "bench/load/tls_context.hpp"

#include "bench/load/run.hpp"
#include "net/asio.hpp"
#include "net/tls/client_context.hpp"

#include <boost/asio/ip/address.hpp>

namespace pusherd::bench {
namespace {

bool is_this_machine(const std::string& host) {
    boost::system::error_code failed;
    const auto address = net::asio::ip::make_address(host, failed);
    return host == "localhost" || (!failed && address.is_loopback());
}

}  // namespace

tls_context make_tls_context(const target& where, const std::filesystem::path& authority) {
    if (!where.is_secure) return nullptr;
    tls_context context = net::tls::make_client_context();
    if (authority.empty() && is_this_machine(where.host)) return context;
    try {
        net::tls::verify_server(*context, where.host, authority);
    } catch (const net::tls::unusable& problem) {
        throw run_failed(std::string("--ca: ") + problem.what());
    }
    return context;
}

}  // namespace pusherd::bench
