#pragma once

#include "domain/pokes/poke_store.hpp"
#include "net/asio.hpp"

#include <boost/intrusive/link_mode.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace pusherd::net {

/// Which pusher is told next: of those for whom something waits, at most so many of a gateway and in all at a time,
/// each gateway in its turn, so that a slow one does not hold up the others. A gateway that fails gets one request at a
/// time, and not more than one a second; a pusher that fails has a pause of its own.
/// Of a gateway that fails it keeps few in mind, and whoever has a pause gives way where there is no room: the next
/// search finds them. Half of all places are for
/// gateways that have answered before: thousands that never do leave them to the others. Knows no socket and no poke,
/// but who waits. One thread.
class poke_schedule {
public:
    struct limits {
        std::size_t of_a_gateway = 8;
        std::size_t in_all = 256;
        std::size_t known = 65'536;  ///< pushers that are kept in memory
        std::size_t known_of_a_gateway = 16'384;
        std::size_t known_of_a_failing_one = 256;
    };

    explicit poke_schedule(limits most) : most_(most) {}
    poke_schedule() : poke_schedule(limits{}) {}

    poke_schedule(const poke_schedule&) = delete;
    poke_schedule& operator=(const poke_schedule&) = delete;
    ~poke_schedule();

    /// Something waits for this pusher, which is not known yet.
    /// @param gateway scheme, host and port: who is slow together
    /// @return false if there is no room to keep it in mind
    bool add(const domain::queue_id& pusher, const std::string& gateway);

    [[nodiscard]] bool knows(const domain::queue_id& id) const { return pushers_.contains(id); }

    /// Something more waits for this pusher: if it is busy, it has its next turn behind that, whatever done() says.
    /// @param is_changed the pusher has become another: whatever has failed is forgotten
    /// @return false if it is not known
    bool add_more(const domain::queue_id& pusher, bool is_changed);

    /// Who may be told now; it is busy from then on, until done() or failed().
    [[nodiscard]] std::optional<domain::queue_id> take(clock::time_point now);

    /// A pusher that is busy is at another gateway: it has its turn there.
    /// @return false if there is no room to keep it in mind
    bool move(const domain::queue_id& pusher, const std::string& gateway);

    /// Where a pusher is that is known.
    [[nodiscard]] const std::string& gateway_of(const domain::queue_id& id) const {
        return pushers_.find(id)->second.at->name;
    }

    /// Makes another pusher of the same gateway busy for the same request.
    /// @return false if it must have one of its own
    [[nodiscard]] bool take_along(const domain::queue_id& pusher, const domain::queue_id& with);

    /// The request of that pusher was answered: its gateway has room again. What has come of it is told by one of the
    /// following, later.
    void free_place(const domain::queue_id& pusher);

    // Of a pusher that is not busy, the following change nothing.

    /// What was to be sent is done with.
    /// @param more whether something else waits; if not, the pusher is forgotten
    void done(const domain::queue_id& pusher, bool more);

    /// It failed, and is to be sent again.
    /// @param pause counted from now
    void failed(const domain::queue_id& pusher, std::chrono::milliseconds pause, clock::time_point now);

    /// How often in a row it has failed.
    [[nodiscard]] unsigned failures(const domain::queue_id& pusher) const;

    /// How often the same poke was not understood, this time included.
    unsigned count_not_understood(const domain::queue_id& pusher, std::uint64_t number);

    /// A gateway has answered as it should.
    /// @param took from the beginning: a slow one is not one of those that half of the places are for
    /// @return whether it is one that was failing
    bool gateway_answered(const std::string& gateway, clock::duration took, clock::time_point now);

    /// A gateway has not.
    /// @param pause that it wishes for; counted from now
    /// @return whether it is one that fails from now on
    bool gateway_failed(const std::string& gateway, std::chrono::seconds pause, clock::time_point now);

    /// To be called now and then: those whose pause is over have their turn again.
    void wake(clock::time_point now);

    [[nodiscard]] std::size_t size() const noexcept { return pushers_.size(); }
    [[nodiscard]] std::size_t busy() const noexcept { return busy_; }

    /// Whether it is worth looking for more. Those that have a pause do not count: they give way.
    [[nodiscard]] bool has_room_for_more() const noexcept { return pushers_.size() - paused_ < most_.known / 2; }

    /// How many were put off the schedule since this was asked last, though something waits for them.
    [[nodiscard]] std::size_t take_left_out() noexcept { return std::exchange(left_out_, 0); }

private:
    using unlinking = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
    using list_hook = boost::intrusive::list_base_hook<unlinking>;
    using set_hook = boost::intrusive::set_base_hook<unlinking>;
    template <class Thing>
    using list = boost::intrusive::list<Thing, boost::intrusive::constant_time_size<false>>;

    struct gateway;

    enum class state : std::uint8_t { ready, busy, pausing };

    /// Busy from take() on; with a place from take() to free_place(), without one if it was taken along.
    struct pusher : list_hook, set_hook {
        gateway* at = nullptr;
        clock::time_point due{};
        std::uint64_t not_understood = 0;  // number of the poke
        std::uint16_t failures = 0;
        std::uint8_t not_understood_times = 0;
        state now = state::ready;
        bool has_place = false;
        bool is_unproven = false;  // its place is one of those that are for gateways which may not answer
        bool has_more = false;     // has been told so while it was busy
        bool is_forgiven = false;  // the same
        const domain::queue_id* id = nullptr;

        friend bool operator<(const pusher& a, const pusher& b) noexcept { return a.due < b.due; }
    };

    struct gateway : list_hook {
        std::string name;
        list<pusher> ready;
        std::size_t known = 0;
        std::size_t busy = 0;
        unsigned failures = 0;  // in a row
        clock::time_point not_before{};
        bool is_proven = false;  // the last that was heard of it was good
    };

    using known_pushers = std::unordered_map<domain::queue_id, pusher, domain::queue_id_hash>;

    [[nodiscard]] gateway& gateway_named(const std::string& name);
    [[nodiscard]] std::size_t places_of(const gateway& which) const noexcept;
    [[nodiscard]] bool has_place_for_unproven() const noexcept { return busy_unproven_ < most_.in_all / 2; }
    [[nodiscard]] bool lines_up_one_that_was_held();
    [[nodiscard]] known_pushers::iterator find_busy(const domain::queue_id& id);
    void line_up(gateway& which);
    void make_ready(pusher& which);
    void make_pause(pusher& which, clock::time_point until);
    void end_pause(pusher& which);
    [[nodiscard]] bool has_room_at(const gateway& which) const noexcept;
    [[nodiscard]] bool is_failing(const gateway& which) const noexcept;
    void leave_out(pusher& which);
    void shrink(gateway& which);
    void forget(known_pushers::iterator which);
    void forget_if_idle(gateway& which);

    limits most_;
    known_pushers pushers_;
    std::unordered_map<std::string, gateway> gateways_;
    list<gateway> waiting_;  // gateways that have a place and somebody to be told …
    list<gateway> resting_;  // … once some time has passed …
    list<gateway> held_;     // … once one of those has answered that may not
    boost::intrusive::multiset<pusher, boost::intrusive::constant_time_size<false>> pausing_;  // by when they are due
    std::size_t busy_ = 0;
    std::size_t busy_unproven_ = 0;
    std::size_t paused_ = 0;
    std::size_t left_out_ = 0;
};

}  // namespace pusherd::net
