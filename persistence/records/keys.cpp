#include "persistence/records/keys.hpp"

#include "persistence/engine/storage_error.hpp"
#include "persistence/records/bytes.hpp"

#include <boost/endian/conversion.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace pusherd::persistence {
namespace {

template <class Short = digest128>
Short shorten(const domain::token_digest& digest) noexcept {
    Short out;
    std::memcpy(out.data(), digest.data(), out.size());
    return out;
}

// What is filed behind the key of a queue has one of these behind the same 16 bytes, and is of more bytes therefore.
constexpr char poke_mark = 1;
constexpr char told_mark = 2;

void expect_mark(byte_reader& in, char mark) {
    if (in.take<char>() != mark) throw corrupt_record("a key is of no kind that is known");
}

/// Lays the parts of a key out one after another.
class key_writer {
public:
    explicit key_writer(key_buffer& buffer) noexcept : buffer_(buffer) {}

    key_writer& operator<<(std::string_view part) {
        if (part.size() > buffer_.size() - size_) throw std::length_error("a key is longer than LMDB takes");
        part.copy(buffer_.data() + size_, part.size());
        size_ += part.size();
        return *this;
    }

    [[nodiscard]] std::string_view bytes() const noexcept { return {buffer_.data(), size_}; }

private:
    key_buffer& buffer_;
    std::size_t size_ = 0;
};

}  // namespace

digest128 digest_of(const domain::pusher_key& key) {
    // The length keeps ("ab", "c") and ("a", "bc") apart.
    std::string length;
    append(length, static_cast<std::uint64_t>(key.app_id.size()));
    return shorten(domain::sha256({length, key.app_id, key.pushkey}));
}

digest128 digest_of(std::string_view id) { return shorten(sha256(id)); }

queue_key queue_of(std::string_view user_id, const digest128& key) {
    const auto users = shorten<std::array<unsigned char, 8>>(sha256(user_id));
    const auto own = shorten<std::array<unsigned char, 8>>(domain::sha256({as_bytes(key), user_id}));
    queue_key queue{};
    std::copy(own.begin(), own.end(), std::copy(users.begin(), users.end(), queue.pusher.begin()));
    return queue;
}

std::string pokes_of(const digest128& pusher) { return std::string(as_bytes(pusher)) + poke_mark; }

std::string told_of(const digest128& pusher) { return std::string(as_bytes(pusher)) + told_mark; }

bool is_told_event(std::string_view key) noexcept {
    return key.size() > sizeof(digest128) && key[sizeof(digest128)] == told_mark;
}

told_event_key told_of(const digest128& pusher, std::string_view event_id) {
    return {pusher, shorten<decltype(told_event_key::event)>(sha256(event_id))};
}

session_key session_of(const domain::token_digest& token, std::string_view user_id, std::string_view device_id) {
    return {digest_of(user_id), digest_of(device_id), token};
}

std::string_view encode(const user_key& key, key_buffer& buffer) { return (key_writer{buffer} << key.user_id).bytes(); }

std::string_view encode(const holder_key& key, key_buffer& buffer) {
    return (key_writer{buffer} << as_bytes(key.pusher) << key.user_id).bytes();
}

std::string_view encode(const session_key& key, key_buffer& buffer) {
    return (key_writer{buffer} << as_bytes(key.user) << as_bytes(key.device) << as_bytes(key.token)).bytes();
}

std::string_view encode(const import_key& key, key_buffer& buffer) {
    std::memcpy(buffer.data(), &key.id, sizeof key.id);
    return {buffer.data(), sizeof key.id};
}

std::string_view encode(const session_end_key& key, key_buffer& buffer) {
    std::string number;
    append(number, boost::endian::native_to_big(key.transaction));
    return (key_writer{buffer} << number << as_bytes(key.what)).bytes();
}

std::string_view encode(const queue_key& key, key_buffer& buffer) {
    return (key_writer{buffer} << as_bytes(key.pusher)).bytes();
}

std::string_view encode(const poke_key& key, key_buffer& buffer) {
    std::string number;
    append(number, boost::endian::native_to_big(key.number));
    return (key_writer{buffer} << as_bytes(key.pusher) << std::string_view(&poke_mark, 1) << number).bytes();
}

std::string_view encode(const told_event_key& key, key_buffer& buffer) {
    const std::string_view mark(&told_mark, 1);
    return (key_writer{buffer} << as_bytes(key.pusher) << mark << as_bytes(key.event)).bytes();
}

std::string_view encode(const tombstone_key& key, key_buffer& buffer) {
    return (key_writer{buffer} << as_bytes(key.user) << as_bytes(key.pusher)).bytes();
}

std::string_view encode(const raw_key& key, key_buffer& buffer) { return (key_writer{buffer} << key.bytes).bytes(); }

std::string_view encode(const meta_key& key, key_buffer& buffer) { return (key_writer{buffer} << key.name).bytes(); }

std::string_view encode(const token_key& key, key_buffer& buffer) {
    return (key_writer{buffer} << as_bytes(key.digest)).bytes();
}

queue_key decode_queue_key(std::string_view bytes) {
    byte_reader in(bytes);
    const queue_key key{in.take_array<digest128>()};
    in.expect_end();
    return key;
}

poke_key decode_poke_key(std::string_view bytes) {
    byte_reader in(bytes);
    const auto pusher = in.take_array<digest128>();
    expect_mark(in, poke_mark);
    const poke_key key{pusher, boost::endian::big_to_native(in.take<std::uint64_t>())};
    in.expect_end();
    return key;
}

told_event_key decode_told_event_key(std::string_view bytes) {
    byte_reader in(bytes);
    const auto pusher = in.take_array<digest128>();
    expect_mark(in, told_mark);
    const told_event_key key{pusher, in.take_array<decltype(told_event_key::event)>()};
    in.expect_end();
    return key;
}

tombstone_key decode_tombstone_key(std::string_view bytes) {
    byte_reader in(bytes);
    const auto user = in.take_array<digest128>();
    const tombstone_key key{user, in.take_array<digest128>()};
    in.expect_end();
    return key;
}

holder_key decode_holder_key(std::string_view bytes) {
    byte_reader in(bytes);
    const auto pusher = in.take_array<digest128>();
    if (in.rest().empty()) throw corrupt_record("a holder's key names nobody");
    return {pusher, in.rest()};
}

session_key decode_session_key(std::string_view bytes) {
    byte_reader in(bytes);
    const auto user = in.take_array<digest128>();
    const auto device = in.take_array<digest128>();
    const auto token = in.take_array<domain::token_digest>();
    in.expect_end();
    return {user, device, token};
}

token_key decode_token_key(std::string_view bytes) {
    byte_reader in(bytes);
    const auto digest = in.take_array<domain::token_digest>();
    in.expect_end();
    return {digest};
}

import_key decode_import_key(std::string_view bytes) {
    byte_reader in(bytes);
    const auto id = in.take<std::uint32_t>();
    in.expect_end();
    return {id};
}

session_end_key decode_session_end_key(std::string_view bytes) {
    byte_reader in(bytes);
    const auto transaction = boost::endian::big_to_native(in.take<std::uint64_t>());
    const auto what = in.take_array<digest128>();
    in.expect_end();
    return {transaction, what};
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char each : bytes) {
        out += digits[static_cast<unsigned char>(each) >> 4];
        out += digits[static_cast<unsigned char>(each) & 0xf];
    }
    return out;
}

}  // namespace pusherd::persistence
