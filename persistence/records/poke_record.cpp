#include "persistence/records/poke_record.hpp"

#include "persistence/records/bytes.hpp"

#include <cstdint>

namespace pusherd::persistence {
namespace {

constexpr unsigned char version = 1;

}  // namespace

poke_record poke_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    in.expect_version(version);
    poke_record record;
    record.queued = in.take<std::int64_t>();
    record.event_id = in.take(in.take<std::uint32_t>());
    record.source = in.take(in.take<std::uint32_t>());
    record.tweaks = in.rest();
    if (record.source.empty()) throw corrupt_record("a notification says nothing");
    return record;
}

std::string poke_record::encode() const {
    std::string out;
    append(out, version);
    append(out, queued);
    append(out, static_cast<std::uint32_t>(event_id.size()));
    out += event_id;
    append(out, static_cast<std::uint32_t>(source.size()));
    out += source;
    out += tweaks;
    return out;
}

}  // namespace pusherd::persistence
