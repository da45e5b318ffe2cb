#include "persistence/records/tombstone_record.hpp"

#include "persistence/records/bytes.hpp"

#include <cstdint>

namespace pusherd::persistence {
namespace {

constexpr unsigned char version = 1;

void append_text(std::string& out, std::string_view text) {
    append(out, static_cast<std::uint16_t>(text.size()));
    out += text;
}

}  // namespace

tombstone_record tombstone_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    in.expect_version(version);
    tombstone_record record;
    record.removed = in.take<std::int64_t>();
    record.app_id = in.take(in.take<std::uint16_t>());
    record.pushkey = in.take(in.take<std::uint16_t>());
    record.url = in.rest();
    if (record.app_id.empty() || record.pushkey.empty()) throw corrupt_record("a tombstone is nobody's");
    return record;
}

std::string tombstone_record::encode() const {
    std::string out;
    append(out, version);
    append(out, removed);
    append_text(out, app_id);
    append_text(out, pushkey);
    out += url;
    return out;
}

}  // namespace pusherd::persistence
