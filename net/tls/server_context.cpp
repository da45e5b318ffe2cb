#include "net/tls/server_context.hpp"

#include "net/bounds.hpp"
#include "net/tls/openssl.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <new>
#include <string>

namespace pusherd::net::tls {
namespace {

// Clients choose among these: which is fast depends on their processor. Those of TLS 1.3 are all good.
constexpr const char* ciphers_of_tls_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* groups = "X25519:P-256:P-384";
constexpr unsigned char protocols[] = "\x08http/1.1";  // as ALPN lists them (RFC 7301, 3.1)

// Who offers other protocols alone means somebody else (RFC 7301, 3.2); who offers none is an old client.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    unsigned char* common = nullptr;
    if (SSL_select_next_proto(&common, size, protocols, sizeof protocols - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = common;
    return SSL_TLSEXT_ERR_OK;
}

void set_rules(SSL_CTX* context, ticket_keys& tickets) {
    // The last one overwrites what was decrypted, as soon as it has been read: heads hold access tokens.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                     SSL_OP_CLEANSE_PLAINTEXT);
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    // A call would go on as long as a client sends what is no data, such as new keys, and keep the thread.
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(context, 1);  // one system call a record, in place of two

    // Sessions are resumed by tickets alone: nothing is kept here.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_timeout(context, static_cast<long>(bounds::ticket_key_lifetime.count()));
    SSL_CTX_set_app_data(context, &tickets);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    const bool is_set = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                        SSL_CTX_set_cipher_list(context, ciphers_of_tls_1_2) == 1 &&
                        SSL_CTX_set1_groups_list(context, groups) == 1 &&
                        SSL_CTX_set_tlsext_ticket_key_evp_cb(context, seal_or_open_ticket) == 1;
    if (!is_set) throw unusable(std::string("this OpenSSL cannot be used: ") + last_reason());
}

// The system says more clearly than OpenSSL why a file cannot be read.
void check_readable(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw unusable(file.string() + ": " + std::strerror(errno));
    ::close(descriptor);
    if (std::filesystem::is_directory(file)) throw unusable(file.string() + ": is a folder");
}

void use_certificate(SSL_CTX* context, const std::filesystem::path& file) {
    check_readable(file);
    if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) != 1)
        throw unusable(file.string() + ": no certificate that can be used: " + last_reason());
    if (X509_cmp_current_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context))) < 0)
        throw unusable(file.string() + ": the certificate has expired");
}

bool is_mismatch(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_X509 && ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH;
}

// OpenSSL's own would ask the terminal.
int give_no_passphrase(char*, int, int, void* was_asked) {
    *static_cast<bool*>(was_asked) = true;
    return -1;
}

void use_key(SSL_CTX* context, const certificate_files& files) {
    check_readable(files.key);
    bool is_encrypted = false;
    SSL_CTX_set_default_passwd_cb(context, give_no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, &is_encrypted);
    const bool is_read = SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    if (is_encrypted)
        throw unusable(files.key.string() + ": the key is encrypted, and there is nobody to ask for its passphrase");
    if (!is_read && !is_mismatch(ERR_peek_last_error()))
        throw unusable(files.key.string() + ": no private key that can be used: " + last_reason());
    if (!is_read || SSL_CTX_check_private_key(context) != 1)
        throw unusable(files.key.string() + ": not the key of the first certificate in " + files.chain.string());
}

}  // namespace

context_ptr make_server_context(const certificate_files& files, ticket_keys& tickets) {
    load_openssl();
    ERR_clear_error();
    const context_ptr context(SSL_CTX_new(TLS_server_method()), [](SSL_CTX* each) { SSL_CTX_free(each); });
    if (!context) throw std::bad_alloc();
    set_rules(context.get(), tickets);
    use_certificate(context.get(), files.chain);
    use_key(context.get(), files);
    ERR_clear_error();
    return context;
}

std::chrono::sys_seconds expiry_of(const SSL_CTX& context) noexcept {
    std::tm utc{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(&context)), &utc) != 1) return {};
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&utc)));
}

bool have_same_certificate(const SSL_CTX& one, const SSL_CTX& other) noexcept {
    return X509_cmp(SSL_CTX_get0_certificate(&one), SSL_CTX_get0_certificate(&other)) == 0;
}

}  // namespace pusherd::net::tls
