#include "net/tls/client_context.hpp"

#include "net/tls/openssl.hpp"

#include <new>

namespace pusherd::net::tls {
namespace {

void trust(SSL_CTX* context, const std::filesystem::path& authorities) {
    const bool is_loaded = authorities.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                               : SSL_CTX_load_verify_file(context, authorities.c_str()) == 1;
    if (!is_loaded) throw unusable(authorities.string() + ": no certificates that can be trusted: " + last_reason());
}

void expect(SSL_CTX* context, const std::string& host) {
    if (!expect_host(SSL_CTX_get0_param(context), host)) throw unusable(host + ": no certificate can be that host's");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

}  // namespace

context_ptr make_client_context() {
    load_openssl();
    ERR_clear_error();
    const context_ptr context(SSL_CTX_new(TLS_client_method()), [](SSL_CTX* each) { SSL_CTX_free(each); });
    if (!context) throw std::bad_alloc();
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                           SSL_OP_CLEANSE_PLAINTEXT);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context.get(), 1);
    if (SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
        throw unusable(std::string("this OpenSSL cannot be used: ") + last_reason());
    return context;
}

void verify_servers(ssl_ctx_st& context, const std::filesystem::path& authorities) {
    ERR_clear_error();
    trust(&context, authorities);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
    ERR_clear_error();
}

void verify_server(ssl_ctx_st& context, const std::string& host, const std::filesystem::path& authorities) {
    ERR_clear_error();
    trust(&context, authorities);
    expect(&context, host);
    ERR_clear_error();
}

}  // namespace pusherd::net::tls
