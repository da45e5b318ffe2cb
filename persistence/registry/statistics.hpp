#pragma once

#include "persistence/registry/database.hpp"

#include <cstdint>
#include <string>

namespace pusherd::persistence {

/// What `pusherd stat` shows.
struct statistics {
    std::uint64_t users = 0;  ///< users who have a pusher
    std::uint64_t pushers = 0;
    std::uint64_t tokens = 0;  ///< valid ones
    std::uint64_t file_bytes = 0;
    std::uint64_t map_bytes = 0;       ///< how large the file may become
    std::uint64_t map_free_bytes = 0;  ///< of which nothing is used, freed pages included
    std::uint64_t readers = 0;         ///< reader slots in use, the caller's among them
    std::uint64_t last_transaction = 0;
    std::uint64_t oldest_reader = 0;  ///< the transaction whose snapshot the oldest reader has; without any, the last
    std::uint32_t schema = schema_version;
    std::string server_name;  ///< empty: none recorded
};

/// Counts, without a look at each: the tables know how many entries they have.
[[nodiscard]] statistics take_statistics(database& db);

/// What waits to be sent to push gateways.
struct waiting_pokes {
    std::uint64_t queues = 0;  ///< of pushers for which something waits
    std::uint64_t pokes = 0;
};

/// Looks at each queue. Nothing waits in a database that is looked at and has an older schema.
[[nodiscard]] waiting_pokes count_waiting_pokes(database& db);

}  // namespace pusherd::persistence
