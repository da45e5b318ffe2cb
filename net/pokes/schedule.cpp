#include "net/pokes/schedule.hpp"

#include <algorithm>
#include <utility>

namespace pusherd::net {
namespace {

constexpr unsigned failures_of_a_failing_gateway = 3;
constexpr std::chrono::seconds pause_between_probes{1};
constexpr std::chrono::seconds longest_pause_of_gateway{60};
constexpr std::chrono::seconds quick_answer{2};
// When a gateway is back, those who have waited for it come back within this time, though their own pauses may be
// longer: the gateway's failures were not theirs.
constexpr std::chrono::seconds longest_pause_after_recovery{30};
constexpr std::size_t gateways_in_mind = 4096;

}  // namespace

poke_schedule::~poke_schedule() = default;

poke_schedule::gateway& poke_schedule::gateway_named(const std::string& name) {
    gateway& found = gateways_[name];
    if (found.name.empty()) found.name = name;
    return found;
}

bool poke_schedule::is_failing(const gateway& which) const noexcept {
    return which.failures >= failures_of_a_failing_gateway;
}

bool poke_schedule::has_room_at(const gateway& which) const noexcept {
    return which.known < (is_failing(which) ? most_.known_of_a_failing_one : most_.known_of_a_gateway);
}

bool poke_schedule::add(const domain::queue_id& id, const std::string& name) {
    if (pushers_.size() >= most_.known && !pausing_.empty()) leave_out(*pausing_.rbegin());
    if (pushers_.size() >= most_.known) return false;
    gateway& at = gateway_named(name);
    if (!has_room_at(at)) return false;
    const auto [added, is_new] = pushers_.try_emplace(id);
    if (!is_new) return true;
    ++at.known;
    added->second.id = &added->first;
    added->second.at = &at;
    make_ready(added->second);
    return true;
}

bool poke_schedule::add_more(const domain::queue_id& id, bool is_changed) {
    const auto found = pushers_.find(id);
    if (found == pushers_.end()) return false;
    pusher& which = found->second;
    which.has_more = true;
    if (!is_changed) return true;
    which.failures = 0;
    which.not_understood_times = 0;
    which.is_forgiven = which.now == state::busy;
    if (which.now == state::pausing) make_ready(which);
    return true;
}

std::size_t poke_schedule::places_of(const gateway& which) const noexcept {
    return is_failing(which) ? 1 : most_.of_a_gateway;
}

void poke_schedule::line_up(gateway& which) {
    if (!which.is_linked() && !which.ready.empty() && which.busy < places_of(which)) waiting_.push_back(which);
}

void poke_schedule::end_pause(pusher& which) {
    if (which.now == state::pausing) --paused_;
    which.set_hook::unlink();
}

// It is left to the next search.
void poke_schedule::leave_out(pusher& which) {
    ++left_out_;
    forget(pushers_.find(*which.id));
}

// Those that wait for a gateway that fails would keep everybody else's places.
void poke_schedule::shrink(gateway& which) {
    while (which.known > most_.known_of_a_failing_one && !which.ready.empty()) leave_out(which.ready.back());
}

void poke_schedule::make_ready(pusher& which) {
    end_pause(which);
    which.now = state::ready;
    which.has_more = false;
    which.is_forgiven = false;
    which.at->ready.push_back(which);
    line_up(*which.at);
}

void poke_schedule::make_pause(pusher& which, clock::time_point until) {
    end_pause(which);
    ++paused_;
    which.now = state::pausing;
    which.due = until;
    pausing_.insert(which);
}

// One at a time: there may be as many of them as there are pushers, and each is looked at once for a place.
bool poke_schedule::lines_up_one_that_was_held() {
    if (held_.empty() || !has_place_for_unproven()) return false;
    waiting_.splice(waiting_.end(), held_, held_.begin());
    return true;
}

std::optional<domain::queue_id> poke_schedule::take(clock::time_point now) {
    while (lines_up_one_that_was_held() || !waiting_.empty()) {
        if (busy_ >= most_.in_all) break;
        gateway& at = waiting_.front();
        at.unlink();
        if (at.ready.empty() || at.busy >= places_of(at)) continue;  // lined up again as soon as that changes
        if (now < at.not_before) {
            resting_.push_back(at);
            continue;
        }
        if (!at.is_proven && !has_place_for_unproven()) {
            held_.push_back(at);
            continue;
        }
        pusher& taken = at.ready.front();
        taken.list_hook::unlink();
        taken.now = state::busy;
        taken.has_place = true;
        taken.has_more = false;
        taken.is_unproven = !at.is_proven;
        ++at.busy;
        ++busy_;
        if (taken.is_unproven) ++busy_unproven_;
        line_up(at);
        return *taken.id;
    }
    return std::nullopt;
}

bool poke_schedule::take_along(const domain::queue_id& id, const domain::queue_id& with) {
    const auto leader = pushers_.find(with);
    if (leader == pushers_.end() || leader->second.failures != 0) return false;
    if (!pushers_.contains(id) && !add(id, leader->second.at->name)) return false;
    pusher& which = pushers_.find(id)->second;
    if (which.now != state::ready || which.failures != 0 || which.at != leader->second.at) return false;
    which.list_hook::unlink();
    which.now = state::busy;
    return true;
}

void poke_schedule::free_place(const domain::queue_id& id) {
    const auto found = pushers_.find(id);
    if (found == pushers_.end() || !std::exchange(found->second.has_place, false)) return;
    --found->second.at->busy;
    --busy_;
    if (std::exchange(found->second.is_unproven, false)) --busy_unproven_;
    line_up(*found->second.at);
}

poke_schedule::known_pushers::iterator poke_schedule::find_busy(const domain::queue_id& id) {
    const auto found = pushers_.find(id);
    return found != pushers_.end() && found->second.now == state::busy ? found : pushers_.end();
}

void poke_schedule::done(const domain::queue_id& id, bool more) {
    const auto found = find_busy(id);
    if (found == pushers_.end()) return;
    free_place(id);
    pusher& which = found->second;
    which.failures = 0;
    if (more || which.has_more)
        make_ready(which);
    else
        forget(found);
}

bool poke_schedule::move(const domain::queue_id& id, const std::string& name) {
    const auto found = find_busy(id);
    if (found == pushers_.end()) return true;
    free_place(id);
    forget(found);
    return add(id, name);
}

void poke_schedule::failed(const domain::queue_id& id, std::chrono::milliseconds pause, clock::time_point now) {
    const auto found = find_busy(id);
    if (found == pushers_.end()) return;
    free_place(id);
    pusher& which = found->second;
    if (which.is_forgiven) return make_ready(which);
    if (which.failures < UINT16_MAX) ++which.failures;
    which.has_more = false;  // it waits as well
    if (is_failing(*which.at) && which.at->known > most_.known_of_a_failing_one) return leave_out(which);
    make_pause(which, now + pause);
}

unsigned poke_schedule::failures(const domain::queue_id& id) const {
    const auto found = pushers_.find(id);
    return found == pushers_.end() ? 0 : found->second.failures;
}

unsigned poke_schedule::count_not_understood(const domain::queue_id& id, std::uint64_t number) {
    const auto found = pushers_.find(id);
    if (found == pushers_.end()) return 1;
    pusher& which = found->second;
    if (std::exchange(which.not_understood, number) != number) which.not_understood_times = 0;
    return ++which.not_understood_times;
}

bool poke_schedule::gateway_answered(const std::string& name, clock::duration took, clock::time_point now) {
    gateway& at = gateway_named(name);
    const bool was_failing = is_failing(at);
    at.failures = 0;
    at.not_before = {};
    at.is_proven = took <= quick_answer;
    at.unlink();
    line_up(at);
    if (!was_failing) {
        forget_if_idle(at);
        return false;
    }
    const auto latest = now + longest_pause_after_recovery;
    for (auto& [id, each] : pushers_)
        if (each.at == &at && each.now == state::pausing && each.due > latest) {
            // Not all at once.
            const auto share = id[8] * std::chrono::milliseconds(longest_pause_after_recovery) / 256;
            make_pause(each, now + share);
        }
    forget_if_idle(at);
    return true;
}

bool poke_schedule::gateway_failed(const std::string& name, std::chrono::seconds pause, clock::time_point now) {
    gateway& at = gateway_named(name);
    ++at.failures;
    at.is_proven = false;
    // What it says to one may not be meant for all: a minute later another one tries.
    const auto wished = std::min(pause, longest_pause_of_gateway);
    const auto least = is_failing(at) ? std::max(wished, pause_between_probes) : wished;
    at.not_before = std::max(at.not_before, now + least);
    const bool is_new = at.failures == failures_of_a_failing_gateway;
    if (is_new) shrink(at);
    forget_if_idle(at);
    return is_new;
}

void poke_schedule::wake(clock::time_point now) {
    while (!pausing_.empty() && pausing_.begin()->due <= now) make_ready(*pausing_.begin());
    for (auto each = resting_.begin(); each != resting_.end();) {
        gateway& at = *each++;
        if (now < at.not_before) continue;
        at.unlink();
        line_up(at);
    }
}

void poke_schedule::forget(known_pushers::iterator which) {
    end_pause(which->second);
    gateway& at = *which->second.at;
    --at.known;
    pushers_.erase(which);
    forget_if_idle(at);
}

void poke_schedule::forget_if_idle(gateway& which) {
    const bool is_worth_keeping = which.is_proven && gateways_.size() <= gateways_in_mind;
    if (which.known == 0 && which.busy == 0 && !is_worth_keeping) gateways_.erase(gateways_.find(which.name));
}

}  // namespace pusherd::net
