#pragma once

#include "domain/pokes/poke_result.hpp"
#include "persistence/registry/database.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::persistence {

/// How much waits for one pusher at most: of more, the oldest goes, and is counted as dropped.
inline constexpr std::uint32_t most_waiting = 100;
/// The same in bytes; one that is larger waits alone. What others say to a user must not fill the disk.
inline constexpr std::uint64_t most_waiting_bytes = 1024 * 1024;

/// One queue while it is changed, within the write transaction of the caller: what waits in it, and its record, which
/// store() writes.
class queue_writer {
public:
    queue_writer(write_txn& txn, const tables& all, const queue_key& key);

    queue_writer(const queue_writer&) = delete;
    queue_writer& operator=(const queue_writer&) = delete;

    /// Whether it was there already, or begin() has been called.
    [[nodiscard]] bool exists() const noexcept { return exists_; }

    /// Makes it, for a pusher that was told of nothing yet.
    void begin(std::string_view user_id, const digest128& pusher, domain::timestamp now);

    [[nodiscard]] const queue_record& record() const noexcept { return record_; }

    /// Adds what is to be sent: the oldest goes for it where there are too many, and one of counts alone for another.
    void add(const poke_record& poke);

    /// Whether that poke is still there.
    [[nodiscard]] bool holds(std::uint64_t number, domain::timestamp queued) const;

    /// Removes what has been sent, or is not to be. False if it is not there any more.
    bool remove(std::uint64_t number, domain::timestamp queued);

    /// Drops what is of events that came in before that moment.
    void drop_older(domain::timestamp than);

    /// Drops all that waits.
    void drop_all();

    void count_sent() noexcept { ++record_.sent; }
    void count_dropped(std::uint64_t how_many = 1) noexcept { record_.dropped += how_many; }
    void note_success(domain::timestamp at) noexcept;
    void note_failure(const domain::delivery_failure& failure);
    void note_that_it_fails(domain::timestamp since) noexcept;

    void store();

private:
    void erase(std::uint64_t number);
    void drop_oldest();

    write_txn& txn_;
    const tables& all_;
    queue_key key_;
    std::string bytes_;  // that the record's views are of
    std::string user_id_;
    std::string failure_text_;
    queue_record record_;
    bool exists_ = false;
};

}  // namespace pusherd::persistence
