#pragma once

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <string>

/// OpenSSL, for the files of this folder alone.
///
/// It is loaded when TLS is first wanted (dlopen(3)) and not with the program: the loader would spend more on these two
/// libraries than on all of pusherd, and most commands, and servers behind a proxy, never use them. Each function is a
/// pointer of the same name in this namespace, so its callers, and OpenSSL's own macros, look as everywhere.
namespace pusherd::net::tls {

#define PUSHERD_OPENSSL_FUNCTIONS(function)           \
    function(ASN1_TIME_to_tm);                        \
    function(BIO_clear_flags);                        \
    function(BIO_get_data);                           \
    function(BIO_get_new_index);                      \
    function(BIO_meth_new);                           \
    function(BIO_meth_set_ctrl);                      \
    function(BIO_meth_set_read_ex);                   \
    function(BIO_meth_set_write_ex);                  \
    function(BIO_new);                                \
    function(BIO_set_data);                           \
    function(BIO_set_flags);                          \
    function(BIO_set_init);                           \
    function(ERR_clear_error);                        \
    function(ERR_peek_error);                         \
    function(ERR_peek_last_error);                    \
    function(ERR_reason_error_string);                \
    function(EVP_DecryptInit_ex);                     \
    function(EVP_EncryptInit_ex);                     \
    function(EVP_MAC_CTX_set_params);                 \
    function(EVP_aes_256_cbc);                        \
    function(OPENSSL_init_ssl);                       \
    function(OSSL_PARAM_construct_end);               \
    function(OSSL_PARAM_construct_octet_string);      \
    function(OSSL_PARAM_construct_utf8_string);       \
    function(RAND_bytes);                             \
    function(SSL_CTX_check_private_key);              \
    function(SSL_CTX_ctrl);                           \
    function(SSL_CTX_free);                           \
    function(SSL_CTX_get0_certificate);               \
    function(SSL_CTX_get0_param);                     \
    function(SSL_CTX_get_ex_data);                    \
    function(SSL_CTX_load_verify_file);               \
    function(SSL_CTX_new);                            \
    function(SSL_CTX_set_alpn_select_cb);             \
    function(SSL_CTX_set_cipher_list);                \
    function(SSL_CTX_set_default_passwd_cb);          \
    function(SSL_CTX_set_default_passwd_cb_userdata); \
    function(SSL_CTX_set_default_verify_paths);       \
    function(SSL_CTX_set_ex_data);                    \
    function(SSL_CTX_set_num_tickets);                \
    function(SSL_CTX_set_options);                    \
    function(SSL_CTX_set_timeout);                    \
    function(SSL_CTX_set_tlsext_ticket_key_evp_cb);   \
    function(SSL_CTX_set_verify);                     \
    function(SSL_CTX_use_PrivateKey_file);            \
    function(SSL_CTX_use_certificate_chain_file);     \
    function(SSL_ctrl);                               \
    function(SSL_do_handshake);                       \
    function(SSL_free);                               \
    function(SSL_get0_param);                         \
    function(SSL_get_SSL_CTX);                        \
    function(SSL_get_error);                          \
    function(SSL_get_verify_result);                  \
    function(SSL_has_pending);                        \
    function(SSL_new);                                \
    function(SSL_read_ex);                            \
    function(SSL_select_next_proto);                  \
    function(SSL_set_accept_state);                   \
    function(SSL_set_bio);                            \
    function(SSL_set_connect_state);                  \
    function(SSL_shutdown);                           \
    function(SSL_version);                            \
    function(SSL_write_ex);                           \
    function(TLS_client_method);                      \
    function(TLS_server_method);                      \
    function(X509_VERIFY_PARAM_set1_host);            \
    function(X509_VERIFY_PARAM_set1_ip_asc);          \
    function(X509_cmp);                               \
    function(X509_cmp_current_time);                  \
    function(X509_get0_notAfter);                     \
    function(X509_verify_cert_error_string)

#define PUSHERD_DECLARE(name) inline decltype(&::name) name = nullptr
PUSHERD_OPENSSL_FUNCTIONS(PUSHERD_DECLARE);
#undef PUSHERD_DECLARE

/// To be called before any of them; the second time it does nothing. Any thread. Throws unusable where the system has
/// no such library.
void load_openssl();

/// Expects a certificate of that host, a name or an address; an address is no name (RFC 9525, 6.1).
/// @return false: no certificate can be that host's
[[nodiscard]] bool expect_host(X509_VERIFY_PARAM* of, const std::string& host) noexcept;

/// OpenSSL's own words for what has failed last on this thread.
[[nodiscard]] const char* last_reason() noexcept;

}  // namespace pusherd::net::tls
