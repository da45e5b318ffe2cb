#pragma once

#include "net/asio.hpp"
#include "net/bounds.hpp"

namespace pusherd::net {

/// Keeps requests from a server that does not answer: after some failures in a row none is put for a while, then one,
/// which shows whether it is back. One thread.
class circuit_breaker {
public:
    /// Whether a request may be put now. Who may must tell what came of it.
    [[nodiscard]] bool lets_pass(clock::time_point now) noexcept {
        if (!is_open()) return true;
        if (is_probing_ || now < open_until_) return false;
        is_probing_ = true;
        return true;
    }

    void note_success() noexcept { *this = {}; }

    void note_failure(clock::time_point now) noexcept {
        ++failures_;
        is_probing_ = false;
        if (is_open()) open_until_ = now + bounds::upstream_pause;
    }

    /// Whether the server is taken for one that does not answer.
    [[nodiscard]] bool is_open() const noexcept { return failures_ >= bounds::upstream_failures; }

private:
    unsigned failures_ = 0;  // in a row
    bool is_probing_ = false;
    clock::time_point open_until_{};
};

}  // namespace pusherd::net
