#pragma once

#include "domain/pusher.hpp"
#include "domain/sha256.hpp"
#include "domain/store.hpp"
#include "persistence/engine/table.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// The keys of the tables. LMDB's end at 511 bytes, and a pushkey alone may have 512, a user id and a device id 255
/// each: what could overflow is digested for the key and compared in full in the record.
namespace pusherd::persistence {

/// The first 128 bits of a SHA-256.
using digest128 = std::array<unsigned char, 16>;

using domain::sha256;

[[nodiscard]] digest128 digest_of(const domain::pusher_key& key);
[[nodiscard]] digest128 digest_of(std::string_view id);

/// users: the user id itself.
struct user_key {
    std::string_view user_id;
};

/// holders: who holds a pusher key.
struct holder_key {
    digest128 pusher;
    std::string_view user_id;
};

/// sessions: the tokens of a user, by device; a token without a device is filed under the empty device id.
struct session_key {
    digest128 user;
    digest128 device;
    domain::token_digest token;
};

/// The key under which `sessions` files a token of a user; no device: the empty id.
[[nodiscard]] session_key session_of(const domain::token_digest& token, std::string_view user_id,
                                     std::string_view device_id);

/// imports: one that is under way.
struct import_key {
    std::uint32_t id;
};

/// session_ends: which transaction recorded it, and a digest of what has ended, so that the order of the keys is that
/// of the transactions. The end of one token is filed under transaction 0 and its own digest, to be found by it.
struct session_end_key {
    std::uint64_t transaction;
    digest128 what{};
};

/// queues: a pusher of a user. What waits for it and what it was told lies behind it, in the same table.
struct queue_key {
    digest128 pusher;
};
/// A user's queues lie side by side: one notification is for all of them.
/// @param key digest_of() the pusher's app_id and pushkey
[[nodiscard]] queue_key queue_of(std::string_view user_id, const digest128& key);

/// pokes: what waits for that pusher, in its order.
struct poke_key {
    digest128 pusher;
    std::uint64_t number = 0;
};

/// What the keys of a pusher's pokes begin with.
[[nodiscard]] std::string pokes_of(const digest128& pusher);

/// told_events: an event that a pusher was told of.
struct told_event_key {
    digest128 pusher;
    std::array<unsigned char, 8> event{};
};
/// What two events of one pusher are told apart by.
[[nodiscard]] told_event_key told_of(const digest128& pusher, std::string_view event_id);
/// Whether the key of an entry of that table is one of these.
[[nodiscard]] bool is_told_event(std::string_view key) noexcept;
/// What the keys of all that a pusher was told begin with.
[[nodiscard]] std::string told_of(const digest128& pusher);

/// tombstones: of which user, and which pusher of theirs.
struct tombstone_key {
    digest128 user;
    digest128 pusher{};  ///< digest_of() its app_id and pushkey
};

/// Any key, as it is: also one that does not decode.
struct raw_key {
    std::string_view bytes;
};

/// meta: a name.
struct meta_key {
    std::string_view name;
};

[[nodiscard]] std::string_view encode(const user_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const holder_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const session_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const import_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const session_end_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const queue_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const poke_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const told_event_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const tombstone_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const raw_key& key, key_buffer& buffer);
[[nodiscard]] std::string_view encode(const meta_key& key, key_buffer& buffer);

/// The key of a token is its digest; wrapped, so that it is a type of this namespace.
struct token_key {
    domain::token_digest digest;
};
[[nodiscard]] std::string_view encode(const token_key& key, key_buffer& buffer);

/// These throw corrupt_record. The user id is a view of the bytes.
[[nodiscard]] token_key decode_token_key(std::string_view bytes);
[[nodiscard]] import_key decode_import_key(std::string_view bytes);
[[nodiscard]] session_end_key decode_session_end_key(std::string_view bytes);
[[nodiscard]] queue_key decode_queue_key(std::string_view bytes);
[[nodiscard]] poke_key decode_poke_key(std::string_view bytes);
[[nodiscard]] told_event_key decode_told_event_key(std::string_view bytes);
[[nodiscard]] tombstone_key decode_tombstone_key(std::string_view bytes);
[[nodiscard]] holder_key decode_holder_key(std::string_view bytes);
[[nodiscard]] session_key decode_session_key(std::string_view bytes);

/// The digest's bytes, as a prefix to scan for.
template <std::size_t Size>
[[nodiscard]] std::string_view as_bytes(const std::array<unsigned char, Size>& digest) noexcept {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::string_view bytes);

}  // namespace pusherd::persistence
