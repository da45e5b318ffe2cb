#pragma once

#include "tests/stubs/upstream/asio.hpp"
#include "tests/stubs/upstream/connections.hpp"
#include "tests/stubs/upstream/options.hpp"
#include "tests/stubs/upstream/request_log.hpp"
#include "tests/stubs/upstream/script.hpp"

#include <utility>

namespace pusherd::stubs {

/// The peer: a homeserver, an authentication service and a push gateway in one, with whatever a test has told it. One
/// thread.
class upstream {
public:
    /// @param released waited for by those who are held; it never expires by itself
    upstream(options how, steady_timer& released) : how_(std::move(how)), released_(released) {
        if (how_.starts_held) told_.set_fault({.kind = fault_kind::held});
    }

    /// How it answers when all is well.
    [[nodiscard]] response answer(const request& asked) const;

    /// Lets go of those who are held, and nobody is any more.
    void release();

    [[nodiscard]] script& told() noexcept { return told_; }
    [[nodiscard]] request_log& log() noexcept { return log_; }
    [[nodiscard]] connections& open() noexcept { return open_; }
    [[nodiscard]] steady_timer& released() noexcept { return released_; }

private:
    options how_;
    script told_;
    request_log log_;
    connections open_;
    steady_timer& released_;
};

}  // namespace pusherd::stubs
