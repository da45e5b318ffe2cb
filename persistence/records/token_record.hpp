#pragma once

#include "domain/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::persistence {

/// tokens: what a token was issued for, under its SHA-256.
///
///     u8 version, u8 role, i64 issued, u32 import, u8 user size, user, u8 device size, device
///
/// `import` names the import that brought the token, 0 if none did: while that import is under way (it has an entry in
/// the table `imports`), its tokens are not valid yet. So an import of any size takes effect at once, by the removal of
/// one entry, and needs no long transaction.
struct token_record {
    domain::role who = domain::role::user;
    domain::timestamp issued = 0;
    std::uint32_t import = 0;
    std::string_view user_id;    ///< of a service's token: the service's name
    std::string_view device_id;  ///< empty: none

    /// Views of the bytes. Throws corrupt_record.
    [[nodiscard]] static token_record decode(std::string_view bytes);
    [[nodiscard]] std::string encode() const;
};

/// imports: one that is under way, or was broken off.
struct import_record {
    std::uint64_t staged = 0;  ///< how many of its tokens are in the table already

    [[nodiscard]] static import_record decode(std::string_view bytes);
    [[nodiscard]] std::string encode() const;
};

/// meta: a value, by its name.
struct meta_record {
    std::string_view bytes;

    [[nodiscard]] static meta_record decode(std::string_view bytes) noexcept { return {bytes}; }
};

}  // namespace pusherd::persistence
