#include "net/tls/openssl.hpp"

#include "net/loaded_library.hpp"
#include "net/tls/credentials.hpp"

#include <string>

namespace pusherd::net::tls {
namespace {

#define PUSHERD_TEXT_OF(number) #number
#define PUSHERD_TEXT(number) PUSHERD_TEXT_OF(number)
constexpr const char* library_name = "libssl.so." PUSHERD_TEXT(OPENSSL_SHLIB_VERSION);

void load() {
    const loaded_library library(library_name);
#define PUSHERD_FIND(name) library.find(#name, name)  // in libcrypto as well, which it depends on
    PUSHERD_OPENSSL_FUNCTIONS(PUSHERD_FIND);
#undef PUSHERD_FIND
    // Its configuration file may load modules, and change what is negotiated; a process that is about to end need not
    // take it down.
    constexpr auto options = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT;
    if (OPENSSL_init_ssl(options, nullptr) != 1) throw unusable("OpenSSL cannot be initialised");
}

}  // namespace

void load_openssl() {
    try {
        static const bool once = (load(), true);
        static_cast<void>(once);
    } catch (const loaded_library::missing& problem) {
        throw unusable(std::string("TLS needs OpenSSL: ") + problem.what());
    }
}

bool expect_host(X509_VERIFY_PARAM* of, const std::string& host) noexcept {
    return X509_VERIFY_PARAM_set1_ip_asc(of, host.c_str()) == 1 ||
           X509_VERIFY_PARAM_set1_host(of, host.c_str(), host.size()) == 1;
}

const char* last_reason() noexcept {
    const char* const text = ERR_reason_error_string(ERR_peek_last_error());
    return text == nullptr ? "unknown error" : text;
}

}  // namespace pusherd::net::tls
