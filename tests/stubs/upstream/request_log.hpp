#pragma once

#include "tests/stubs/upstream/messages.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <deque>

namespace pusherd::stubs {

/// The requests that have come, those that control the stub left out. One thread.
class request_log {
public:
    void add(const request& came, std::uint64_t connection) { requests_.push_back({came, connection}); }
    void clear() { requests_.clear(); }

    /// An array of {method, target, fields: [[name, value]…], body, connection}, the oldest first.
    [[nodiscard]] boost::json::value as_json() const;

private:
    struct entry {
        request came;
        std::uint64_t connection;
    };

    std::deque<entry> requests_;
};

}  // namespace pusherd::stubs
