#pragma once

#include "domain/change.hpp"
#include "domain/logger.hpp"
#include "persistence/registry/change_writer.hpp"
#include "persistence/registry/commit_counters.hpp"
#include "persistence/registry/database.hpp"
#include "persistence/registry/queue_bound.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::persistence {

/// The one thread of a server that writes. It takes all changes that wait, sets nearly always, carries them out in
/// their order in one transaction, and tells each when that is on disk: group commit. What comes in meanwhile is the
/// next batch, so batches grow with the load by themselves.
///
/// A batch that fails for the fault of one change is done again one by one, so that one cannot fail the rest; where the
/// disk is at fault, the whole batch fails. Either way the database is as it was.
class committer {
public:
    struct options {
        std::size_t queue_limit = queue_bound::limits{}.most;  ///< sets that may wait; fewer while the disk is slow
        /// Called, on the thread that finds out, when LMDB has declared the environment broken: nothing can be read or
        /// written any more, and the process is to end.
        std::function<void()> on_broken;
        kept_session_ends keep{0};  ///< how long ends of sessions are kept in mind
    };

    committer(database& db, domain::logger& log, options settings);

    /// Carries out what waits, then ends. Nothing may be submitted any more.
    ~committer();

    committer(const committer&) = delete;
    committer& operator=(const committer&) = delete;

    /// Any thread. Whether the queue is not full.
    [[nodiscard]] bool has_room() const noexcept;

    /// Any thread. False if the queue is full: then the change is not taken.
    [[nodiscard]] bool submit(domain::change what) noexcept;

    /// Any thread.
    [[nodiscard]] queue_state queue() const noexcept;

    /// Any thread. See domain::poke_store.
    void tell_of_pokes(domain::poke_listener* listener) noexcept;

    /// Any thread. Who answers a set without the committer notes it here.
    [[nodiscard]] domain::set_counter& sets() noexcept { return sets_; }

    [[nodiscard]] const commit_counters& counters() const noexcept { return counters_; }

    /// Any thread. Asks the committer's thread to tell that it gets on, by is_alive().
    void ask_whether_alive() noexcept;

    /// Any thread. Whether it has told so since it was last asked, or waits for another process that holds the lock of
    /// writers: that one stands still, and nothing that could be done to this one would help.
    [[nodiscard]] bool is_alive() const noexcept;

private:
    using batch = std::span<const domain::change>;

    void run();
    [[nodiscard]] bool wait_for_work();
    void process_and_learn(batch requests);
    void process(batch requests);
    [[nodiscard]] std::exception_ptr commit(batch requests) noexcept;
    [[nodiscard]] std::exception_ptr commit_in_more_room(batch requests, const std::exception_ptr& full) noexcept;
    void commit_in_one_transaction(batch requests);
    [[nodiscard]] write_txn begin_writing();
    void tell_listener() noexcept;
    void finish(batch requests, const std::exception_ptr& failure) noexcept;
    [[nodiscard]] bool is_broken(const std::exception_ptr& failure) noexcept;
    void report(const std::exception_ptr& failure, std::size_t concerned) noexcept;
    void clear_stale_readers() noexcept;

    database& db_;
    domain::logger& log_;
    options settings_;
    std::chrono::steady_clock::time_point last_report_{};
    commit_counters counters_;
    audit_lines audit_;                      // of the batch under way; the committer's thread alone
    std::vector<domain::woken_queue> told_;  // the same
    std::string forgotten_;                  // see side_effects
    domain::set_counter sets_;
    std::mutex listening_;  // guards the listener, also while it is told
    domain::poke_listener* listener_ = nullptr;
    bool broken_ = false;  // the committer's thread alone

    mutable std::mutex mutex_;
    std::condition_variable work_came_;
    // Both have room for all that may wait, so that neither a set nor its answer is lost for want of memory.
    std::vector<domain::change> queue_;
    std::vector<domain::change> work_;  // the committer's thread alone
    queue_bound bound_;
    bool closed_ = false;
    bool is_asked_ = false;
    std::atomic<bool> waits_for_others_ = false;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace pusherd::persistence
