#include "persistence/records/session_end_record.hpp"

#include "persistence/records/bytes.hpp"
#include "persistence/records/keys.hpp"

#include <cstddef>
#include <stdexcept>

namespace pusherd::persistence {
namespace {

constexpr unsigned char named_version = 1;   // those that have ended are named
constexpr unsigned char others_version = 2;  // those that have not

constexpr std::size_t most_bytes = 255;

void append_counted(std::string& out, std::string_view id) {
    if (id.size() > most_bytes) throw std::length_error("a session's user and device have at most 255 bytes");
    append(out, static_cast<std::uint8_t>(id.size()));
    out += id;
}

// Calls `visit(device)` for each, until it returns true; returns whether it has.
template <class Visit>
bool find_device(std::string_view devices, Visit&& visit) {
    for (byte_reader in(devices); !in.rest().empty();)
        if (visit(in.take(in.take<std::uint8_t>()))) return true;
    return false;
}

}  // namespace

session_end_record session_end_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    const auto version = in.take<unsigned char>();
    if (version != named_version && version != others_version) throw corrupt_record("a record has an unknown version");
    session_end_record record;
    record.told = in.take<std::int64_t>();
    record.user_id = in.take(in.take<std::uint8_t>());
    record.device_id = in.take(in.take<std::uint8_t>());
    if (version == others_version) {
        record.remaining_devices = in.take(in.rest().size());
        (void)find_device(*record.remaining_devices, [](std::string_view) { return false; });  // throws what it throws
    } else if (!in.rest().empty()) {
        record.token = in.take_array<domain::token_digest>();
    }
    in.expect_end();
    if (record.user_id.empty()) throw corrupt_record("a session that has ended was nobody's");
    return record;
}

std::string session_end_record::encode() const {
    std::string out;
    append(out, remaining_devices ? others_version : named_version);
    append(out, told);
    append_counted(out, user_id);
    append_counted(out, device_id);
    if (remaining_devices)
        out += *remaining_devices;
    else if (token)
        out += as_bytes(*token);
    return out;
}

bool session_end_record::ends(const domain::identity& who) const noexcept {
    if (user_id != who.user_id) return false;
    if (token) return *token == who.token;
    if (remaining_devices)
        return !who.device_id.empty() &&
               !find_device(*remaining_devices, [&](std::string_view each) { return each == who.device_id; });
    return device_id.empty() || device_id == who.device_id;
}

std::string encode_devices(const std::vector<std::string>& devices) {
    std::string out;
    for (const std::string& each : devices) append_counted(out, each);
    return out;
}

}  // namespace pusherd::persistence
