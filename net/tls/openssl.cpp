#include "net/tls/openssl.hpp"

#include "net/tls/credentials.hpp"

#include <dlfcn.h>

#include <string>

namespace pusherd::net::tls {
namespace {

#define PUSHERD_TEXT_OF(number) #number
#define PUSHERD_TEXT(number) PUSHERD_TEXT_OF(number)
constexpr const char* library_name = "libssl.so." PUSHERD_TEXT(OPENSSL_SHLIB_VERSION);

void* find(void* library, const char* function) {
    void* const found = ::dlsym(library, function);  // in libcrypto as well, which it depends on
    if (found == nullptr) throw unusable(std::string(library_name) + " has no " + function);
    return found;
}

// It stays loaded to the end.
struct loaded_library {
    loaded_library() {
        void* const library = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) throw unusable(std::string("TLS needs OpenSSL: ") + ::dlerror());
#define PUSHERD_FIND(name) name = reinterpret_cast<decltype(name)>(find(library, #name))
        PUSHERD_OPENSSL_FUNCTIONS(PUSHERD_FIND);
#undef PUSHERD_FIND
        // Its configuration file may load modules, and change what is negotiated; a process that is about to end need
        // not take it down.
        constexpr auto options = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT;
        if (OPENSSL_init_ssl(options, nullptr) != 1) throw unusable("OpenSSL cannot be initialised");
    }
};

}  // namespace

void load_openssl() { static const loaded_library once; }

const char* last_reason() noexcept {
    const char* const text = ERR_reason_error_string(ERR_peek_last_error());
    return text == nullptr ? "unknown error" : text;
}

}  // namespace pusherd::net::tls
