#pragma once

#include "net/asio.hpp"

#include <boost/asio/as_tuple.hpp>

/// Plain Asio on one io_context and one thread. The executor is concrete, so there are no strands.
namespace pusherd::stubs {

namespace asio = boost::asio;
using net::steady_timer;
using net::tcp;
using net::tcp_acceptor;
using net::tcp_socket;

template <class T = void>
using task = asio::awaitable<T, net::executor>;

/// co_await of an operation gives a tuple that begins with the error_code: nothing throws.
inline constexpr auto as_result = asio::as_tuple(asio::deferred);

}  // namespace pusherd::stubs
