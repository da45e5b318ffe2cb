#pragma once

#include "domain/change.hpp"
#include "domain/pokes/delivery_failure.hpp"
#include "domain/pokes/notification.hpp"
#include "domain/pokes/poke.hpp"
#include "domain/pokes/poke_result.hpp"
#include "domain/pusher.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What delivery needs of a store: what waits for which pusher, and where to write down what came of it.
namespace pusherd::domain {

/// Names a pusher's queue, and with it a pusher of a user.
using queue_id = std::array<unsigned char, 16>;

/// Its second half is a digest of the pusher; the first is the user's, whose queues are neighbours.
struct queue_id_hash {
    std::size_t operator()(const queue_id& id) const noexcept {
        std::size_t hash = 0;
        std::memcpy(&hash, id.data() + id.size() / 2, sizeof hash);
        return hash;
    }
};

/// That a gateway has taken a poke.
struct noted_delivery {
    std::uint32_t note;  ///< what it is forgotten by
    queue_id queue;
    std::uint64_t number;
    timestamp queued;
    timestamp delivered;
};

/// A pusher that pokes go to.
struct poke_target {
    queue_id queue;
    std::string user_id;
    pusher_key key;
    std::string data;          ///< as it is kept: an object's JSON text
    std::string url;           ///< of `data`
    timestamp updated = 0;     ///< when a set changed it last
    poke_style style{};        ///< of `data`
    bool takes_pokes = true;   ///< http, and enabled
    std::uint32_t sets = 0;    ///< set_counter's, from before it was read
    std::uint8_t failure = 0;  ///< the kind that is written down, so that it is not written again
    std::uint16_t status = 0;  ///< the same
    bool is_failing = false;   ///< the same
};

/// What waits longest in a queue, and for whom.
struct waiting_poke {
    poke_target to;
    std::uint64_t number = 0;  ///< its place
    timestamp queued = 0;
    notification what;  ///< without the user
};

/// Reads what waits. One thread; its calls must not overlap. A broken store throws.
class poke_reader {
public:
    virtual ~poke_reader() = default;

    /// What waits longest in a queue, and behind it what waits longest in others of the same user if it is the same
    /// notification, for a pusher at the same URL, in the same style and with another pushkey: these may share a
    /// request. Empty: nothing waits.
    [[nodiscard]] virtual std::vector<waiting_poke> oldest(const queue_id& queue) = 0;

    /// Looks at some queues in the order of their ids, and appends those in which something waits.
    /// @param after where to go on; nothing: at the beginning
    /// @return where to go on, or nothing: there are no more
    [[nodiscard]] virtual std::optional<queue_id> find_waiting(const std::optional<queue_id>& after, std::size_t most,
                                                               std::vector<queue_id>& found) = 0;

    /// Whether that poke still waits in its queue.
    [[nodiscard]] virtual bool is_waiting(const queue_id& queue, std::uint64_t number, timestamp queued) = 0;

    /// Somebody's http pusher; nothing if there is none.
    [[nodiscard]] virtual std::optional<poke_target> find_pusher(std::string_view user_id, const pusher_key& key) = 0;

    /// Lets go of what is kept from one call for the next. See store_reader::rest().
    virtual void rest() noexcept = 0;
};

/// A queue that is worth a look.
struct woken_queue {
    queue_id queue;
    bool is_changed = false;  ///< its pusher has become another; else something new waits
};

/// Is told what to send.
class poke_listener {
public:
    /// A thread of the store.
    virtual void on_waiting(std::span<const woken_queue> queues) noexcept = 0;

protected:
    ~poke_listener() = default;
};

/// Where pokes wait. Any thread.
class poke_store {
public:
    virtual ~poke_store() = default;

    /// A reader for the calling thread; it must not outlive the store.
    [[nodiscard]] virtual std::unique_ptr<poke_reader> open_poke_reader() = 0;

    /// From now on, that one is told; nullptr: nobody, and no call is under way any more.
    virtual void tell_of_pokes(poke_listener* listener) noexcept = 0;

    /// Of all processes that have the store open, one delivers what waits.
    /// @return whether it is this one, until end_delivering(); to be asked again after a while. One thread.
    [[nodiscard]] virtual bool begin_delivering() = 0;
    virtual void end_delivering() noexcept = 0;

    // Between these two, on their thread:

    /// Notes that a gateway has taken a poke, which costs little: if this process is killed before a
    /// poke_results_request has said so, the next one that delivers knows.
    /// @return what forget_note() takes once it is on disk; nothing: it could not be noted
    [[nodiscard]] virtual std::optional<std::uint32_t> note_delivered(const poke_result& what) noexcept = 0;
    virtual void forget_note(std::uint32_t note) noexcept = 0;

    /// What the last process that delivered has left, and what it had forgotten among it. Until they are forgotten
    /// here, they take the place of others.
    [[nodiscard]] virtual std::vector<noted_delivery> noted_deliveries() = 0;

    /// See store::submit().
    [[nodiscard]] virtual bool submit(change what) = 0;
};

}  // namespace pusherd::domain
