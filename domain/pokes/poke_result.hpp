#pragma once

#include "domain/pokes/delivery_failure.hpp"
#include "domain/pusher.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace pusherd::domain {

/// What came of a poke, for the pusher that it was for.
struct poke_result {
    enum class what : std::uint8_t {
        delivered,  ///< the gateway has taken it; `failure` if its answer was odd all the same
        failed,     ///< it stays, and is sent again
        dropped,    ///< it goes, for `failure`, or because the pusher wants none of its kind
        stale,      ///< it goes, with all behind it that are as old
        unwanted,   ///< all that wait go: the pusher takes no pokes any more
        rejected,   ///< the gateway rejects the pusher, which goes, unless it was set since
    };

    std::array<unsigned char, 16> queue;
    std::string user_id;
    pusher_key key;
    what came = what::delivered;
    std::uint64_t number = 0;  ///< of the poke; 0: none was waiting (a test)
    std::int64_t queued = 0;   ///< the poke's: a queue that was made anew may have the number again
    std::int64_t at = 0;       ///< when it came, in milliseconds since 1970
    std::int64_t updated = 0;  ///< the pusher's, as it was sent
    std::uint32_t sets = 0;    ///< set_counter's, from before it was sent
    delivery_failure failure{};
    std::optional<std::uint32_t> note{};  ///< poke_store::note_delivered()'s, until it is on disk

    // Filled in when it is on disk.
    std::uint32_t waiting = 0;  ///< what waits behind it
    bool is_removed = false;    ///< the pusher was
};

}  // namespace pusherd::domain
