#pragma once

#include "tests/preload/fault_orders.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>

namespace pusherd::testing {

/// Which calls fail, and how.
struct fault {
    call_kind kind;
    int error;                ///< the errno
    std::uint64_t nth = 1;    ///< the first that does, counted from arm()
    bool is_lasting = false;  ///< and all after it
    bool tears = false;       ///< a write that fails has written half of its bytes
};

/// Makes calls of one process fail, which is started with environment().
class fault_injector {
public:
    /// @param file is created
    explicit fault_injector(std::filesystem::path file);
    ~fault_injector();

    fault_injector(const fault_injector&) = delete;
    fault_injector& operator=(const fault_injector&) = delete;

    [[nodiscard]] std::map<std::string, std::string> environment() const;

    void arm(const fault& what) noexcept;

    /// From now on nothing fails any more.
    /// @return how many calls have failed
    std::uint64_t disarm() noexcept;

    /// How many calls of the kind that was armed there were since then.
    [[nodiscard]] std::uint64_t calls() const noexcept { return orders_->calls; }

    /// How many of a kind there ever were.
    [[nodiscard]] std::uint64_t calls_ever(call_kind kind) const noexcept;

    /// How many blocks of memory the process has.
    [[nodiscard]] std::int64_t blocks() const noexcept { return orders_->blocks; }

private:
    std::filesystem::path file_;
    fault_orders* orders_;
};

}  // namespace pusherd::testing
