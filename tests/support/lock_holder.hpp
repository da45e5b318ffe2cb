#pragma once

#include "tests/support/child_process.hpp"

#include <filesystem>

namespace pusherd::testing {

/// Another process that takes a database's lock of writers when it is told to, and stands still with it. To be made
/// while this process has no environment open and no other thread (child_process).
class lock_holder {
public:
    explicit lock_holder(const std::filesystem::path& data);

    /// Returns when it has the lock.
    void take_lock();

    /// Its end, by which the lock is free.
    void kill() { process_.kill(); }

private:
    child_process process_;
};

}  // namespace pusherd::testing
