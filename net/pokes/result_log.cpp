#include "net/pokes/result_log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pusherd::net {
namespace {

// The gateway has taken what was waiting.
bool is_taken(const domain::poke_result& result) noexcept {
    return result.came == domain::poke_result::what::delivered && result.number != 0;
}

}  // namespace

poke_result_log::poke_result_log(event_loop& loop, domain::poke_store& store, listener on_stored)
    : store_(store), on_stored_(std::move(on_stored)), batch_(pusherd_, written_, loop, done_) {}

void poke_result_log::add(domain::poke_result result) {
    waiting_.push_back(std::move(result));
    domain::poke_result& added = waiting_.back();
    if (!is_taken(added) || added.note) return;
    added.note = store_.note_delivered(added);
    if (!added.note) ++unnoted_;
}

void poke_result_log::flush(clock::time_point now) {
    if (is_under_way_ || waiting_.empty() || now < not_before_) return;
    take_some();
    is_under_way_ = store_.submit(std::ref(static_cast<domain::poke_results_request&>(batch_)));
    if (is_under_way_) return;
    put_back();
    not_before_ = now + poke_bounds::tick;  // the queue to the disk is full
}

// The store has logged why it failed.
void poke_result_log::take_answer() {
    is_under_way_ = false;
    if (batch_.failed) {
        not_before_ = clock::now() + poke_bounds::retry_of_results;
        most_at_once_ = std::max<std::size_t>(written_.size() / 2, 1);
        put_back();
        return;
    }
    most_at_once_ = std::min(2 * most_at_once_, any_number);
    for (const domain::poke_result& each : written_) take_stored(each);
    written_.clear();
}

void poke_result_log::take_stored(const domain::poke_result& stored) {
    if (stored.note)
        store_.forget_note(*stored.note);
    else if (is_taken(stored))
        --unnoted_;
    on_stored_(stored);
}

// After failures fewer and fewer, those that failed behind the others: one that can never be stored, for a record that
// cannot be read, must not keep the others from it.
void poke_result_log::take_some() {
    if (waiting_.size() <= most_at_once_) return written_.swap(waiting_);
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(most_at_once_);
    written_.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
}

void poke_result_log::put_back() {
    waiting_.insert(waiting_.end(), std::make_move_iterator(written_.begin()), std::make_move_iterator(written_.end()));
    written_.clear();
}

}  // namespace pusherd::net
