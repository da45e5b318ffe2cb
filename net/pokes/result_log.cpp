#include "net/pokes/result_log.hpp"

#include "net/pokes/bounds.hpp"

#include <iterator>
#include <utility>

namespace pusherd::net {

poke_result_log::poke_result_log(event_loop& loop, domain::poke_store& store, listener on_stored)
    : store_(store), on_stored_(std::move(on_stored)), batch_(pusherd_, written_, loop, done_) {}

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
        alone_ = waiting_.size() + written_.size();
        put_back();
        return;
    }
    for (const domain::poke_result& each : written_) on_stored_(each);
    written_.clear();
}

// All that waits; after a failure one by one, the first behind the others next time: one that can never be stored, for
// a record that cannot be read, must not keep the others from it.
void poke_result_log::take_some() {
    if (alone_ == 0) return written_.swap(waiting_);
    --alone_;
    written_.push_back(std::move(waiting_.front()));
    waiting_.erase(waiting_.begin());
}

void poke_result_log::put_back() {
    waiting_.insert(waiting_.end(), std::make_move_iterator(written_.begin()), std::make_move_iterator(written_.end()));
    written_.clear();
}

}  // namespace pusherd::net
