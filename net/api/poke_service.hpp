#pragma once

#include "net/api/pending_poke_test.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace pusherd::net {

/// Who sends pokes, as the API sees them. One for all threads.
class poke_service {
public:
    /// Any thread. Sends one now; pending_poke_test::finish() will be called. It must stay until then.
    virtual void test(pending_poke_test& what) noexcept = 0;

    /// Any thread. Whether a user may have one now, and takes it.
    /// @return nothing, or how long to wait
    [[nodiscard]] virtual std::optional<std::chrono::milliseconds> take_test(std::string_view user_id) = 0;

    /// Any thread. Answers all tests that are under way, and all that come; sends nothing more.
    virtual void abort() noexcept = 0;

    /// Any thread. Asks its thread to tell that it gets on, by is_alive().
    virtual void ask_whether_alive() noexcept = 0;
    [[nodiscard]] virtual bool is_alive() const noexcept = 0;

protected:
    ~poke_service() = default;
};

}  // namespace pusherd::net
