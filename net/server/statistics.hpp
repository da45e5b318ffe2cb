#pragma once

#include "domain/counter.hpp"
#include "net/metrics/request_counters.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace pusherd::net {

/// What a server has done since its start.
struct server_statistics {
    std::vector<std::reference_wrapper<const request_counters>> threads;  ///< an I/O thread each
    std::size_t connections = 0;                                          ///< that there are now
    std::uint64_t accepted = 0;
    std::uint64_t evicted = 0;         ///< waited for a request, and made room for a new one
    std::uint64_t turned_away = 0;     ///< 503, or closed: there was no room
    std::uint64_t failed_accepts = 0;  ///< for want of descriptors or memory
};

}  // namespace pusherd::net
