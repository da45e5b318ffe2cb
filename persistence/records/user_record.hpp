#pragma once

#include "domain/pusher.hpp"
#include "domain/store.hpp"
#include "persistence/records/keys.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::persistence {

/// One pusher of a user, as stored: what a list shows, and what it does not. The views are into the record's bytes.
struct registration {
    digest128 key;              ///< digest_of() its app_id and pushkey
    domain::timestamp created;  ///< when it was registered: its place in the list
    domain::timestamp updated;  ///< when it last became another, or moved to another device
    domain::pusher_kind kind;
    std::string_view device_id{};  ///< empty: bound to no device
    std::string_view shown{};      ///< domain::show() of the pusher
    bool enabled = true;           ///< whether it is to be told of notifications
};

/// users: all pushers of a user, oldest first. One record a user makes a list one look-up:
///
///     u8 version, u32 count, u32 size of the private part
///     private part, a pusher: 16 bytes key, i64 created, i64 updated, u8 kind, u8 enabled, u8 device size,
///                             u32 shown size, device
///     the bytes that a list shows: the pushers, each show() and show_state(), separated by commas
///
/// A list copies the last part without a look at the rest. Version 1, that of schema 1, is read and not written: it has
/// no `enabled`, and a brace in place of show_state(), which its shown size counts.
class user_record {
public:
    /// A view of the bytes. Throws corrupt_record if the parts do not fit the size; the private part is not looked at.
    [[nodiscard]] static user_record decode(std::string_view bytes);

    /// The record's bytes for these pushers.
    [[nodiscard]] static std::string encode(std::span<const registration> pushers);

    /// The version that encode() writes.
    static constexpr unsigned char newest_version = 2;

    [[nodiscard]] unsigned char version() const noexcept { return version_; }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

    /// The whole record.
    [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

    /// What a list shows, separated by commas.
    [[nodiscard]] std::string_view items() const noexcept { return items_; }

    /// All pushers, oldest first. Throws corrupt_record.
    [[nodiscard]] std::vector<registration> registrations() const;

private:
    std::string_view bytes_;
    unsigned char version_ = newest_version;
    std::uint32_t count_ = 0;
    std::string_view private_part_;
    std::string_view items_;
};

/// What the owner of these pushers has said of them takes so many bytes in a list.
[[nodiscard]] std::size_t shown_bytes(std::span<const registration> pushers) noexcept;

/// Where the pusher with this key is among the user's, or the size of the span. The digest finds it, the key as shown
/// confirms it.
[[nodiscard]] std::size_t index_of(std::span<const registration> pushers, const digest128& digest,
                                   std::string_view shown_key);

}  // namespace pusherd::persistence
