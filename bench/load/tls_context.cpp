#include "bench/load/tls_context.hpp"

#include "bench/load/run.hpp"
#include "net/tls/openssl.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/x509_vfy.h>

namespace pusherd::bench {
namespace {

bool is_this_machine(const std::string& host) {
    boost::system::error_code failed;
    const auto address = net::asio::ip::make_address(host, failed);
    return host == "localhost" || (!failed && address.is_loopback());
}

void verify(SSL_CTX* context, const std::string& host, const std::filesystem::path& authority) {
    const bool is_loaded = authority.empty() ? ::SSL_CTX_set_default_verify_paths(context) == 1
                                             : ::SSL_CTX_load_verify_file(context, authority.c_str()) == 1;
    if (!is_loaded) throw run_failed("--ca: " + authority.string() + ": no certificates");
    X509_VERIFY_PARAM* const expected = ::SSL_CTX_get0_param(context);
    // An address is no name (RFC 9525, 6.1).
    if (::X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) != 1)
        ::X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
    ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

}  // namespace

tls_context make_tls_context(const target& where, const std::filesystem::path& authority) {
    if (!where.is_secure) return nullptr;
    net::tls::load_openssl();  // which the channels use
    const tls_context context(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free);
    if (!context) throw run_failed("OpenSSL cannot be used");
    ::SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ::SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_read_ahead(context.get(), 1);
    if (!authority.empty() || !is_this_machine(where.host)) verify(context.get(), where.host, authority);
    return context;
}

}  // namespace pusherd::bench
