#include "persistence/records/session_end_record.hpp"

#include "persistence/records/bytes.hpp"
#include "persistence/records/keys.hpp"

#include <stdexcept>

namespace pusherd::persistence {
namespace {

constexpr unsigned char version = 1;

}  // namespace

session_end_record session_end_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    in.expect_version(version);
    session_end_record record;
    record.told = in.take<std::int64_t>();
    record.user_id = in.take(in.take<std::uint8_t>());
    record.device_id = in.take(in.take<std::uint8_t>());
    if (!in.rest().empty()) record.token = in.take_array<domain::token_digest>();
    in.expect_end();
    if (record.user_id.empty()) throw corrupt_record("a session that has ended was nobody's");
    return record;
}

std::string session_end_record::encode() const {
    if (user_id.size() > 255 || device_id.size() > 255)
        throw std::length_error("a session's user and device have at most 255 bytes");
    std::string out;
    append(out, version);
    append(out, told);
    append(out, static_cast<std::uint8_t>(user_id.size()));
    out += user_id;
    append(out, static_cast<std::uint8_t>(device_id.size()));
    out += device_id;
    if (token) out += as_bytes(*token);
    return out;
}

bool session_end_record::ends(const domain::identity& who) const noexcept {
    if (user_id != who.user_id) return false;
    if (token) return *token == who.token;
    return device_id.empty() || device_id == who.device_id;
}

}  // namespace pusherd::persistence
