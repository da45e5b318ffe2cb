#include "persistence/registry/queue_writer.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace pusherd::persistence {
namespace {

std::optional<std::uint64_t> oldest_of(const read_txn& txn, const tables& all, const queue_key& queue) {
    std::optional<std::uint64_t> number;
    txn.scan(all.pokes, pokes_of(queue.pusher), [&](std::string_view key, std::string_view) {
        number = decode_poke_key(key).number;
        return false;
    });
    return number;
}

}  // namespace

queue_writer::queue_writer(write_txn& txn, const tables& all, const queue_key& key) : txn_(txn), all_(all), key_(key) {
    const auto found = txn.find(all.queues, key);
    if (!found) return;
    bytes_ = found->encode();  // views end with the first change
    record_ = queue_record::decode(bytes_);
    exists_ = true;
}

// The first number is the time, so that what a gateway says of a pusher's last poke is not taken for what it says of
// the first one of the same pusher in its next life.
void queue_writer::begin(std::string_view user_id, const digest128& pusher, domain::timestamp now) {
    user_id_ = user_id;
    record_.key = pusher;
    record_.user_id = user_id_;
    record_.next = static_cast<std::uint64_t>(std::max<domain::timestamp>(now, 1));
    exists_ = true;
}

void queue_writer::add(const poke_record& poke) {
    const bool is_of_counts = poke.event_id.empty();
    if (is_of_counts && record_.last_counts != 0) erase(record_.last_counts);
    const auto is_too_much = [&] {
        return record_.waiting >= most_waiting || record_.bytes + poke.size() > most_waiting_bytes;
    };
    while (record_.waiting != 0 && is_too_much()) drop_oldest();
    if (is_of_counts) record_.last_counts = record_.next;
    txn_.put(all_.pokes, poke_key{key_.pusher, record_.next}, poke.encode());
    ++record_.next;
    ++record_.waiting;
    record_.bytes += poke.size();
}

bool queue_writer::holds(std::uint64_t number, domain::timestamp queued) const {
    const auto found = txn_.find(all_.pokes, poke_key{key_.pusher, number});
    return found && found->queued == queued;
}

bool queue_writer::remove(std::uint64_t number, domain::timestamp queued) {
    if (!holds(number, queued)) return false;
    erase(number);
    return true;
}

void queue_writer::erase(std::uint64_t number) {
    if (record_.last_counts == number) record_.last_counts = 0;
    const poke_key key{key_.pusher, number};
    const auto found = txn_.find(all_.pokes, key);
    if (!found) return;
    record_.bytes -= std::min<std::uint64_t>(found->size(), record_.bytes);
    txn_.erase(all_.pokes, key);
    --record_.waiting;
}

void queue_writer::drop_oldest() {
    const auto oldest = oldest_of(txn_, all_, key_);
    if (!oldest) throw corrupt_record("a queue has less than it says");
    erase(*oldest);
    count_dropped();
}

void queue_writer::drop_older(domain::timestamp than) {
    std::vector<std::uint64_t> old;
    txn_.scan(all_.pokes, pokes_of(key_.pusher), [&](std::string_view key, std::string_view bytes) {
        const auto poke = poke_record::decode(bytes);
        if (!poke.event_id.empty() && poke.queued < than) old.push_back(decode_poke_key(key).number);
        return true;
    });
    for (const std::uint64_t number : old) erase(number);
    count_dropped(old.size());
}

void queue_writer::drop_all() {
    std::vector<std::uint64_t> numbers;
    txn_.scan(all_.pokes, pokes_of(key_.pusher), [&](std::string_view key, std::string_view) {
        numbers.push_back(decode_poke_key(key).number);
        return true;
    });
    for (const std::uint64_t number : numbers) erase(number);
    count_dropped(numbers.size());
}

void queue_writer::note_success(domain::timestamp at) noexcept {
    record_.last_success = at;
    record_.failing_since = 0;
}

void queue_writer::note_failure(const domain::delivery_failure& failure) {
    record_.failure = static_cast<std::uint8_t>(failure.kind);
    record_.status = failure.status;
    failure_text_ = failure.text.substr(0, domain::failure_text_bytes);
    record_.failure_text = failure_text_;
}

void queue_writer::note_that_it_fails(domain::timestamp since) noexcept {
    if (record_.failing_since == 0) record_.failing_since = since;
}

void queue_writer::store() { txn_.put(all_.queues, key_, record_.encode()); }

}  // namespace pusherd::persistence
