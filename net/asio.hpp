#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

/// One place for Asio's types and completion tokens. Every context runs on one thread, so executors are concrete, and
/// there are no strands.
namespace pusherd::net {

namespace asio = boost::asio;

using tcp = asio::ip::tcp;
using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;
using clock = std::chrono::steady_clock;
using steady_timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, executor>;

template <class T = void>
using task = asio::awaitable<T, executor>;

/// `co_await op(…, as_result)` gives a tuple that starts with the error_code: it throws nothing, and costs no
/// coroutine frame of its own.
inline constexpr auto as_result = asio::as_tuple(asio::deferred);

/// For what completes without an error_code.
inline constexpr asio::use_awaitable_t<executor> use_task{};

}  // namespace pusherd::net
