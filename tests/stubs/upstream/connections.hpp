#pragma once

#include <cstdint>
#include <list>

namespace pusherd::stubs {

/// A connection, as those see it who want to close it. It lives where it is served.
class connection {
public:
    virtual ~connection() = default;
    virtual void close() = 0;

    std::uint64_t number = 0;    ///< of the connections of this process, counted from 1
    bool waits_for_head = true;  ///< kept, and idle
};

/// The connections that are open. One thread.
class connections {
public:
    void add(connection& each) {
        each.number = ++last_number_;
        open_.push_back(&each);
    }
    void remove(connection& each) { open_.remove(&each); }

    /// Returns how many there were.
    unsigned close_idle() {
        unsigned closed = 0;
        for (connection* each : open_)
            if (each->waits_for_head) {
                each->close();
                ++closed;
            }
        return closed;
    }

private:
    std::list<connection*> open_;
    std::uint64_t last_number_ = 0;
};

}  // namespace pusherd::stubs
