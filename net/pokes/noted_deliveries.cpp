#include "net/pokes/noted_deliveries.hpp"

#include <exception>

namespace pusherd::net {
namespace {

// What cannot be read is nothing that could be sent either.
bool waits(domain::poke_reader& reader, const domain::noted_delivery& noted) {
    try {
        return reader.is_waiting(noted.queue, noted.number, noted.queued);
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace

void noted_deliveries::take_over(domain::poke_reader& reader) {
    for (const domain::noted_delivery& each : store_.noted_deliveries())
        if (!waits(reader, each) || !by_queue_.emplace(each.queue, each).second) store_.forget_note(each.note);
}

std::optional<domain::noted_delivery> noted_deliveries::take(const domain::waiting_poke& oldest) {
    const auto found = by_queue_.find(oldest.to.queue);
    if (found == by_queue_.end()) return std::nullopt;
    const domain::noted_delivery noted = found->second;
    by_queue_.erase(found);
    if (noted.number == oldest.number && noted.queued == oldest.queued) return noted;
    store_.forget_note(noted.note);  // it has been dropped meanwhile
    return std::nullopt;
}

}  // namespace pusherd::net
