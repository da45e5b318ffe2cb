#pragma once

#include <chrono>
#include <cstddef>

/// Every fixed bound of the HTTP side, in one place: what one connection may hold, and how long it may take. What an
/// operator decides is in net/server/settings.hpp and net/api/settings.hpp; how many sets may wait for the disk, in
/// persistence/registry/queue_bound.hpp.
namespace pusherd::net::bounds {

// A request.
inline constexpr std::size_t head_bytes = 16 * 1024;
inline constexpr std::size_t head_fields = 100;
/// Chunk extensions and trailers mean nothing here; what is beyond this is meant to keep us busy.
inline constexpr std::size_t chunk_extras = 4 * 1024;

// A connection: beside these, one body (--max-body) and one answer, the longest of which is a user's whole list.
inline constexpr std::size_t input_bytes = 32 * 1024;   ///< the longest head, and what is pipelined behind it
inline constexpr std::size_t output_bytes = 16 * 1024;  ///< answers that are sent before more are made
/// And in the system's buffers: what has come and is not read yet (SO_RCVBUF; Linux takes it twice, for its own needs),
/// and answers that the client does not take (TCP_NOTSENT_LOWAT).
inline constexpr int received_bytes = 32 * 1024;
inline constexpr int unsent_bytes = 32 * 1024;

/// Beyond `--max-connections`, for those who ask for metrics.
inline constexpr std::size_t metrics_connections = 8;

// A thread.
inline constexpr std::size_t turn_an_accept = 16;    ///< so many ready sockets let one more connection in
inline constexpr std::size_t spare_workspaces = 64;  ///< kept for the next crowd for good, some 12 KB of each in use

// Times.
inline constexpr std::chrono::seconds handshake_timeout{10};    ///< of TLS, from the accept
inline constexpr std::chrono::seconds head_timeout{10};         ///< from a head's first byte to its last
inline constexpr std::chrono::seconds body_timeout{30};         ///< from the head's end to the body's
inline constexpr std::chrono::seconds write_timeout{30};        ///< for a client to take its answers
inline constexpr std::chrono::milliseconds last_requests{100};  ///< at a stop, for clients that have kept connections

// TLS.
/// How long session tickets are sealed with one key, and how long a session can be resumed.
inline constexpr std::chrono::seconds ticket_key_lifetime{3600};

// After a refusal whose request is not read to its end.
inline constexpr std::chrono::seconds linger_timeout{2};  ///< for a client to read it before the close
inline constexpr std::size_t linger_bytes = 1024 * 1024;  ///< what is thrown away meanwhile, at most

// Those who are asked whose a token is.
inline constexpr std::size_t upstream_connections = 16;           ///< to each, at a time
inline constexpr std::size_t upstream_answer_bytes = 256 * 1024;  ///< the longest answer
inline constexpr unsigned upstream_failures = 5;                  ///< in a row: then it is left alone …
inline constexpr std::chrono::seconds upstream_pause{5};          ///< … for so long
inline constexpr std::size_t upstream_waiting = 512;              ///< requests that wait for one of these
inline constexpr std::chrono::seconds upstream_idle{30};          ///< how long one is kept without a request
inline constexpr std::chrono::milliseconds upstream_tick{100};    ///< how exactly its deadlines are kept
inline constexpr std::chrono::seconds unknown_token_lifetime{5};  ///< how long a no is remembered
inline constexpr std::size_t remembered_sessions = 100'000;
inline constexpr std::size_t remembered_unknown_tokens = 10'000;

}  // namespace pusherd::net::bounds
