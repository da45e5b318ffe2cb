#include "domain/sha256.hpp"

#include <nettle/sha2.h>

#include <cstdint>
#include <cstring>
#include <tuple>

namespace pusherd::domain {

token_digest sha256(std::initializer_list<std::string_view> parts) noexcept {
    sha256_ctx context;
    sha256_init(&context);
    for (const std::string_view part : parts)
        sha256_update(&context, part.size(), reinterpret_cast<const std::uint8_t*>(part.data()));
    token_digest out;
    static_assert(SHA256_DIGEST_SIZE == std::tuple_size_v<token_digest>);
    sha256_digest(&context, out.size(), out.data());
    ::explicit_bzero(context.block, sizeof context.block);  // the last bytes: of an access token, mostly
    return out;
}

}  // namespace pusherd::domain
