#pragma once

#include <atomic>
#include <cstdint>

namespace pusherd::testing {

/// Calls that can be made to fail.
enum class call_kind : std::uint32_t {
    none,
    allocation,  ///< malloc() and its kin, and with them every operator new
    write,       ///< to a file
    sync,        ///< fsync() and its kin
    map,         ///< mmap() and ftruncate()
    accept,
    descriptor,  ///< what makes a new one: open(), socket(), eventfd() …
    watch,       ///< epoll_ctl()
};
inline constexpr std::uint32_t call_kinds = 8;

/// What a test wants to fail, and what has come of it: a file that the test and the process under test both map.
struct fault_orders {
    std::atomic<call_kind> kind;  ///< of the calls that are counted: set last
    std::atomic<std::uint64_t> first;
    std::atomic<std::uint64_t> last;  ///< of those that fail, counted from 1 since `kind` was set
    std::atomic<int> error;           ///< their errno
    std::atomic<bool> tears;          ///< a write that fails writes half of its bytes first
    std::atomic<std::uint64_t> calls;
    std::atomic<std::uint64_t> failed;
    std::atomic<std::int64_t> blocks;                   ///< of memory: allocated and not freed
    std::atomic<std::uint64_t> calls_ever[call_kinds];  ///< of each kind, whatever is ordered
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<call_kind>::is_always_lock_free);

/// Names the file to the process under test.
inline constexpr char fault_orders_variable[] = "FAULT_ORDERS";

}  // namespace pusherd::testing
