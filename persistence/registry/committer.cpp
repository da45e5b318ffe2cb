#include "persistence/registry/committer.hpp"

#include "domain/fixed_text.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

namespace pusherd::persistence {
namespace {

// A process that is killed while it reads leaves a slot behind that keeps freed pages from being used again.
constexpr std::chrono::seconds stale_reader_check{60};
constexpr std::chrono::seconds report_interval{1};

// Where there are fewer cores than threads with work, those who answer come first: else, of twice the sets that can be
// carried out, the rest is refused only as fast as the others are carried out, and everybody waits for seconds. On
// Linux, a thread has a nice value of its own (setpriority(2)). Without the right to set it, it stays as it is.
void come_after_those_who_answer() noexcept {
    constexpr int how_much = 5;
    ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + how_much);
}

enum class fault { of_one_change, of_the_disk, of_the_environment };

// Whose fault a failed batch is. A full map is no reason to fail them all: what is smaller, or a delete, may still fit;
// and a corrupt page concerns those who need it.
fault classify(const std::exception_ptr& failure) noexcept {
    try {
        std::rethrow_exception(failure);
    } catch (const storage_error& error) {
        if (error.is_fatal()) return fault::of_the_environment;
        return error.is_of_the_disk() ? fault::of_the_disk : fault::of_one_change;
    } catch (...) {
        return fault::of_one_change;
    }
}

// All of a batch before any is carried out: what was asked for before a pusher is removed keeps it.
void note_sets(std::span<const domain::change> requests, domain::set_counter& sets) noexcept {
    for (const domain::change& each : requests)
        if (const auto* set = std::get_if<std::reference_wrapper<domain::set_request>>(&each))
            (void)sets.note(domain::key_of(*set->get().command));
}

bool may_reject(std::span<const domain::change> requests) noexcept {
    const auto is_rejected = [](const domain::poke_result& each) {
        return each.came == domain::poke_result::what::rejected;
    };
    return std::any_of(requests.begin(), requests.end(), [&](const domain::change& each) {
        const auto* results = std::get_if<std::reference_wrapper<domain::poke_results_request>>(&each);
        if (results == nullptr) return false;
        const auto& all = *results->get().what;
        return std::any_of(all.begin(), all.end(), is_rejected);
    });
}

// A set is one; what came of many pokes, or is told of many events, is as many.
std::size_t count_changes(std::span<const domain::change> requests) noexcept {
    std::size_t count = requests.size();
    for (const domain::change& each : requests) {
        if (const auto* results = std::get_if<std::reference_wrapper<domain::poke_results_request>>(&each))
            count += results->get().what->size();
        if (const auto* told = std::get_if<std::reference_wrapper<domain::notify_request>>(&each))
            count += told->get().what->size();
    }
    return count;
}

domain::short_line describe(const std::exception_ptr& failure) noexcept {
    try {
        std::rethrow_exception(failure);
    } catch (const std::bad_alloc&) {
        return {"out of memory"};
    } catch (const std::exception& error) {
        return {error.what()};
    } catch (...) {
        return {"unknown error"};
    }
}

}  // namespace

committer::committer(database& db, domain::logger& log, options settings)
    : db_(db), log_(log), settings_(std::move(settings)), bound_({.most = settings_.queue_limit}) {
    queue_.reserve(settings_.queue_limit);
    work_.reserve(settings_.queue_limit);
    thread_ = std::thread([this] { run(); });
}

committer::~committer() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    work_came_.notify_one();
    thread_.join();
}

bool committer::has_room() const noexcept {
    const std::lock_guard lock(mutex_);
    return queue_.size() < bound_.sets();
}

bool committer::submit(domain::change what) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= bound_.sets()) return false;
        queue_.push_back(what);
        if (queue_.size() > 1) return true;  // somebody has rung already
    }
    work_came_.notify_one();
    return true;
}

queue_state committer::queue() const noexcept {
    const std::lock_guard lock(mutex_);
    return {.sets = queue_.size(), .limit = bound_.sets()};
}

void committer::ask_whether_alive() noexcept {
    {
        const std::lock_guard lock(mutex_);
        is_asked_ = true;
    }
    work_came_.notify_one();
}

bool committer::is_alive() const noexcept {
    const std::lock_guard lock(mutex_);
    return !is_asked_ || waits_for_others_;
}

void committer::run() {
    ::pthread_setname_np(::pthread_self(), "pusherd-commit");  // as top -H shows it
    come_after_those_who_answer();
    auto last_check = std::chrono::steady_clock::now();
    while (wait_for_work()) {
        if (!work_.empty()) process_and_learn(work_);
        work_.clear();
        if (const auto now = std::chrono::steady_clock::now(); now - last_check >= stale_reader_check) {
            last_check = now;
            clear_stale_readers();
        }
    }
}

// False once there is nothing left to do for good. Leaves `work_` empty when there was nothing to do for a while, or
// somebody has asked whether this thread is alive.
bool committer::wait_for_work() {
    std::unique_lock lock(mutex_);
    work_came_.wait_for(lock, stale_reader_check, [this] { return closed_ || is_asked_ || !queue_.empty(); });
    is_asked_ = false;
    work_.swap(queue_);
    return !work_.empty() || !closed_;
}

void committer::process_and_learn(batch requests) {
    const std::size_t changes = count_changes(requests);  // whose lives process() may end
    const auto began = std::chrono::steady_clock::now();
    process(requests);
    const std::lock_guard lock(mutex_);
    bound_.learn(changes, std::chrono::steady_clock::now() - began);
}

void committer::process(batch requests) {
    const std::exception_ptr failure = commit(requests);
    if (failure && requests.size() > 1 && classify(failure) == fault::of_one_change) {
        for (const domain::change& each : requests) {
            const batch alone(&each, 1);
            finish(alone, commit(alone));
        }
        return;
    }
    finish(requests, failure);
}

std::exception_ptr committer::commit(batch requests) noexcept {
    try {
        commit_in_one_transaction(requests);
        return nullptr;
    } catch (const storage_error& error) {
        const std::exception_ptr failure = std::current_exception();
        return error.is_map_full() ? commit_in_more_room(requests, failure) : failure;
    } catch (...) {
        return std::current_exception();
    }
}

// Since this process last looked, another one may have made the map larger, or have been killed while it read, so that
// no page has been used again since.
std::exception_ptr committer::commit_in_more_room(batch requests, const std::exception_ptr& full) noexcept {
    try {
        const bool are_pages_free = db_.env().clear_stale_readers() != 0;
        const bool is_map_larger = db_.adopt_recorded_map_size();
        if (!are_pages_free && !is_map_larger) return full;
        commit_in_one_transaction(requests);
        return nullptr;
    } catch (...) {
        return std::current_exception();
    }
}

write_txn committer::begin_writing() {
    struct wait {
        explicit wait(std::atomic<bool>& is_on) : flag(is_on) { flag = true; }
        ~wait() { flag = false; }
        wait(const wait&) = delete;
        wait& operator=(const wait&) = delete;
        std::atomic<bool>& flag;
    };
    const wait for_others(waits_for_others_);
    return write_txn(db_.env());
}

void committer::commit_in_one_transaction(batch requests) {
    write_txn txn = begin_writing();
    const auto began = std::chrono::steady_clock::now();
    bool wrote = false;
    audit_.clear();
    told_.clear();
    note_sets(requests, sets_);
    std::optional<domain::set_counter::removal> removal;  // until what is removed is so for all to see
    if (may_reject(requests)) removal.emplace(sets_);
    for (const domain::change& each : requests)
        wrote = carry_out(txn, db_.all(), each, settings_.keep, {sets_, audit_, told_, forgotten_}) || wrote;
    if (!wrote) return;
    txn.commit();
    removal.reset();
    tell_listener();
    for (const auto& line : audit_) log_.write(domain::severity::info, line);
    // Before anybody is answered: who asks for metrics then finds it there.
    const auto took = std::chrono::ceil<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    counters_.batch_sets.add(requests.size());
    counters_.batch_microseconds.add(static_cast<std::uint64_t>(took.count()));
}

void committer::tell_of_pokes(domain::poke_listener* listener) noexcept {
    const std::lock_guard lock(listening_);
    listener_ = listener;
}

void committer::tell_listener() noexcept {
    const std::lock_guard lock(listening_);
    if (listener_ != nullptr && !told_.empty()) listener_->on_waiting(told_);
}

void committer::finish(batch requests, const std::exception_ptr& failure) noexcept {
    if (failure) {
        counters_.failed_sets.add(requests.size());
        report(failure, requests.size());
    }
    for (const domain::change& each : requests) {
        domain::change_request& request = domain::request_of(each);
        request.failed = failure != nullptr;
        request.on_done();  // may end its life
    }
    if (failure && is_broken(failure) && !std::exchange(broken_, true) && settings_.on_broken) settings_.on_broken();
}

// A failed write of a meta page is an error of the disk to its commit, and the end of the environment to all that
// follow: what the next transaction says counts.
bool committer::is_broken(const std::exception_ptr& failure) noexcept {
    const fault whose = classify(failure);
    if (whose != fault::of_the_disk) return whose == fault::of_the_environment;
    try {
        const write_txn probe = begin_writing();
        return false;
    } catch (...) {
        return classify(std::current_exception()) == fault::of_the_environment;
    }
}

void committer::report(const std::exception_ptr& failure, std::size_t concerned) noexcept {
    // A full disk fails thousands of sets a second; one line a second says as much.
    const auto now = std::chrono::steady_clock::now();
    if (now - last_report_ < report_interval) return;
    last_report_ = now;
    domain::short_line line;
    if (concerned == 1)
        line.append("a change");
    else
        line.append_number(concerned).append(" changes");
    log_.write(domain::severity::error, line.append(" could not be stored: ").append(describe(failure)));
}

void committer::clear_stale_readers() noexcept {
    try {
        db_.env().clear_stale_readers();
    } catch (const std::exception& error) {
        log_.write(domain::severity::warning, error.what());
    }
}

}  // namespace pusherd::persistence
