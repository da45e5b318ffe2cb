#include "persistence/records/queue_record.hpp"

#include "persistence/records/bytes.hpp"

#include <stdexcept>

namespace pusherd::persistence {
namespace {

constexpr unsigned char version = 1;
constexpr std::size_t most_user_bytes = 255;

}  // namespace

queue_record queue_record::decode(std::string_view bytes) {
    byte_reader in(bytes);
    in.expect_version(version);
    queue_record record;
    record.key = in.take_array<digest128>();
    record.next = in.take<std::uint64_t>();
    record.last_counts = in.take<std::uint64_t>();
    record.waiting = in.take<std::uint32_t>();
    record.bytes = in.take<std::uint64_t>();
    record.sent = in.take<std::uint64_t>();
    record.dropped = in.take<std::uint64_t>();
    record.last_success = in.take<std::int64_t>();
    record.failing_since = in.take<std::int64_t>();
    record.failure = in.take<std::uint8_t>();
    record.status = in.take<std::uint16_t>();
    record.user_id = in.take(in.take<std::uint8_t>());
    record.failure_text = in.rest();
    if (record.user_id.empty() || record.next == 0) throw corrupt_record("a queue is nobody's");
    return record;
}

std::string queue_record::encode() const {
    if (user_id.size() > most_user_bytes) throw std::length_error("a user id has at most 255 bytes");
    std::string out;
    append(out, version);
    out += as_bytes(key);
    append(out, next);
    append(out, last_counts);
    append(out, waiting);
    append(out, bytes);
    append(out, sent);
    append(out, dropped);
    append(out, last_success);
    append(out, failing_since);
    append(out, failure);
    append(out, status);
    append(out, static_cast<std::uint8_t>(user_id.size()));
    out += user_id;
    out += failure_text;
    return out;
}

}  // namespace pusherd::persistence
