#pragma once

#include "net/asio.hpp"
#include "net/server/event_loop.hpp"

/// Asio's coroutines on an event loop.
namespace pusherd::net {

template <class T = void>
using task = asio::awaitable<T, event_loop::executor_type>;

/// For what completes without an error_code.
inline constexpr asio::use_awaitable_t<event_loop::executor_type> use_task{};

}  // namespace pusherd::net
