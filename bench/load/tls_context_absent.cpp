// In a build without OpenSSL (PUSHERD_TLS=OFF).

#include "bench/load/run.hpp"
#include "bench/load/tls_context.hpp"

namespace pusherd::bench {

tls_context make_tls_context(const target& where, const std::filesystem::path&) {
    if (where.is_secure) throw run_failed("this pusherd-bench was built without TLS");
    return nullptr;
}

}  // namespace pusherd::bench
