#include "persistence/records/user_record.hpp"

#include "persistence/records/bytes.hpp"

#include <algorithm>

namespace pusherd::persistence {
namespace {

domain::pusher_kind to_kind(std::uint8_t value) {
    switch (static_cast<domain::pusher_kind>(value)) {
        case domain::pusher_kind::http: return domain::pusher_kind::http;
        case domain::pusher_kind::email: return domain::pusher_kind::email;
    }
    throw corrupt_record("a pusher has an unknown kind");
}

bool to_enabled(std::uint8_t value) {
    if (value > 1) throw corrupt_record("a pusher is neither enabled nor disabled");
    return value == 1;
}

domain::pusher_state state_of(const registration& pusher) {
    return {.kind = pusher.kind, .enabled = pusher.enabled, .device_id = pusher.device_id};
}

// A list would show something else than what is recorded.
void expect(byte_reader& shown, std::string_view text) {
    if (shown.take(text.size()) != text) throw corrupt_record("a list is not what is recorded of its pushers");
}

}  // namespace

user_record user_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    user_record record;
    record.bytes_ = bytes;
    record.version_ = in.take<unsigned char>();
    if (record.version_ == 0 || record.version_ > newest_version)
        throw corrupt_record("a record has an unknown version");
    record.count_ = in.take<std::uint32_t>();
    const auto private_size = in.take<std::uint32_t>();
    record.private_part_ = in.take(private_size);
    record.items_ = in.rest();
    return record;
}

std::string user_record::encode(std::span<const registration> pushers) {
    std::string private_part;
    std::string items;
    for (const registration& each : pushers) {
        if (!items.empty()) items += ',';
        items += each.shown;
        domain::show_state(state_of(each), items);

        private_part += as_bytes(each.key);
        append(private_part, each.created);
        append(private_part, each.updated);
        append(private_part, static_cast<std::uint8_t>(each.kind));
        append(private_part, static_cast<std::uint8_t>(each.enabled ? 1 : 0));
        append(private_part, static_cast<std::uint8_t>(each.device_id.size()));
        append(private_part, static_cast<std::uint32_t>(each.shown.size()));
        private_part += each.device_id;
    }
    std::string out;
    out.reserve(9 + private_part.size() + items.size());
    append(out, newest_version);
    append(out, static_cast<std::uint32_t>(pushers.size()));
    append(out, static_cast<std::uint32_t>(private_part.size()));
    out += private_part;
    out += items;
    return out;
}

std::vector<registration> user_record::registrations() const {
    std::vector<registration> out;
    // The count is not to be trusted with memory before the private part has shown it.
    out.reserve(std::min<std::size_t>(count_, private_part_.size()));
    byte_reader in(private_part_);
    byte_reader shown(items_);
    std::string end;
    for (std::uint32_t i = 0; i < count_; ++i) {
        registration each{};
        each.key = in.take_array<digest128>();
        each.created = in.take<domain::timestamp>();
        each.updated = in.take<domain::timestamp>();
        each.kind = to_kind(in.take<std::uint8_t>());
        if (version_ > 1) each.enabled = to_enabled(in.take<std::uint8_t>());
        const auto device_size = in.take<std::uint8_t>();
        const auto shown_size = in.take<std::uint32_t>();
        each.device_id = in.take(device_size);
        if (i != 0) expect(shown, ",");
        end.clear();
        if (version_ > 1) domain::show_state(state_of(each), end);
        each.shown = shown.take(version_ > 1 ? shown_size : shown_size - 1);
        expect(shown, version_ > 1 ? std::string_view(end) : "}");
        out.push_back(each);
    }
    in.expect_end();
    shown.expect_end();
    return out;
}

std::size_t shown_bytes(std::span<const registration> pushers) noexcept {
    std::size_t bytes = 0;
    for (const registration& each : pushers) bytes += each.shown.size();
    return bytes;
}

std::size_t index_of(std::span<const registration> pushers, const digest128& digest, std::string_view shown_key) {
    const auto found = std::find_if(pushers.begin(), pushers.end(), [&](const registration& each) {
        return each.key == digest && each.shown.starts_with(shown_key);
    });
    return static_cast<std::size_t>(found - pushers.begin());
}

}  // namespace pusherd::persistence
