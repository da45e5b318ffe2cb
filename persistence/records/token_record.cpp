#include "persistence/records/token_record.hpp"

#include "persistence/records/bytes.hpp"

#include <stdexcept>

namespace pusherd::persistence {
namespace {

constexpr unsigned char token_version = 1;
constexpr unsigned char import_version = 1;

domain::role to_role(std::uint8_t value) {
    switch (static_cast<domain::role>(value)) {
        case domain::role::user: return domain::role::user;
        case domain::role::admin: return domain::role::admin;
        case domain::role::service: return domain::role::service;
    }
    throw corrupt_record("a token has an unknown role");
}

}  // namespace

token_record token_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    in.expect_version(token_version);
    token_record record;
    record.who = to_role(in.take<std::uint8_t>());
    record.issued = in.take<domain::timestamp>();
    record.import = in.take<std::uint32_t>();
    record.user_id = in.take(in.take<std::uint8_t>());
    record.device_id = in.take(in.take<std::uint8_t>());
    in.expect_end();
    if (record.user_id.empty()) throw corrupt_record("a token belongs to nobody");
    return record;
}

std::string token_record::encode() const {
    if (user_id.size() > 255 || device_id.size() > 255)
        throw std::length_error("a token's user and device have at most 255 bytes");
    std::string out;
    append(out, token_version);
    append(out, static_cast<std::uint8_t>(who));
    append(out, issued);
    append(out, import);
    append(out, static_cast<std::uint8_t>(user_id.size()));
    out += user_id;
    append(out, static_cast<std::uint8_t>(device_id.size()));
    out += device_id;
    return out;
}

import_record import_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    in.expect_version(import_version);
    const auto staged = in.take<std::uint64_t>();
    in.expect_end();
    return {staged};
}

std::string import_record::encode() const {
    std::string out;
    append(out, import_version);
    append(out, staged);
    return out;
}

}  // namespace pusherd::persistence
