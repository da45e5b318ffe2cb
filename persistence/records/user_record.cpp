#include "persistence/records/user_record.hpp"

#include "persistence/records/bytes.hpp"

#include <algorithm>

namespace pusherd::persistence {
namespace {

constexpr unsigned char version = 1;

domain::pusher_kind to_kind(std::uint8_t value) {
    switch (static_cast<domain::pusher_kind>(value)) {
        case domain::pusher_kind::http: return domain::pusher_kind::http;
        case domain::pusher_kind::email: return domain::pusher_kind::email;
    }
    throw corrupt_record("a pusher has an unknown kind");
}

}  // namespace

user_record user_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    in.expect_version(version);
    user_record record;
    record.bytes_ = bytes;
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
        private_part += as_bytes(each.key);
        append(private_part, each.created);
        append(private_part, each.updated);
        append(private_part, static_cast<std::uint8_t>(each.kind));
        append(private_part, static_cast<std::uint8_t>(each.device_id.size()));
        append(private_part, static_cast<std::uint32_t>(each.shown.size()));
        private_part += each.device_id;
        if (!items.empty()) items += ',';
        items += each.shown;
    }
    std::string out;
    out.reserve(9 + private_part.size() + items.size());
    append(out, version);
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
    for (std::uint32_t i = 0; i < count_; ++i) {
        registration each{};
        each.key = in.take_array<digest128>();
        each.created = in.take<domain::timestamp>();
        each.updated = in.take<domain::timestamp>();
        each.kind = to_kind(in.take<std::uint8_t>());
        const auto device_size = in.take<std::uint8_t>();
        const auto shown_size = in.take<std::uint32_t>();
        each.device_id = in.take(device_size);
        if (i != 0 && shown.take(1) != ",") throw corrupt_record("two pushers of a list are not separated");
        each.shown = shown.take(shown_size);
        out.push_back(each);
    }
    in.expect_end();
    shown.expect_end();
    return out;
}

std::size_t index_of(std::span<const registration> pushers, const digest128& digest, std::string_view shown_key) {
    const auto found = std::find_if(pushers.begin(), pushers.end(), [&](const registration& each) {
        return each.key == digest && each.shown.starts_with(shown_key);
    });
    return static_cast<std::size_t>(found - pushers.begin());
}

}  // namespace pusherd::persistence
