#pragma once

#include "domain/pokes/poke_store.hpp"

#include <optional>
#include <unordered_map>

namespace pusherd::net {

/// What was noted as delivered by a process that was killed before it could store that: such a poke waits in its queue
/// still, and is not sent again. One thread, the reader's.
class noted_deliveries {
public:
    explicit noted_deliveries(domain::poke_store& store) : store_(store) {}

    /// Once this process is the one that delivers. What does not wait any more is forgotten.
    void take_over(domain::poke_reader& reader);

    /// Whether something is noted of that queue.
    [[nodiscard]] bool know(const domain::queue_id& queue) const { return by_queue_.contains(queue); }

    /// The note of what waits longest in a queue, which is the caller's then; nothing: it is to be sent.
    [[nodiscard]] std::optional<domain::noted_delivery> take(const domain::waiting_poke& oldest);

private:
    domain::poke_store& store_;
    std::unordered_map<domain::queue_id, domain::noted_delivery, domain::queue_id_hash> by_queue_;
};

}  // namespace pusherd::net
