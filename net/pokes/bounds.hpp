#pragma once

#include <chrono>
#include <cstddef>

/// Every fixed bound of what is sent to push gateways, beside those of net/pokes/schedule.hpp.
namespace pusherd::net::poke_bounds {

inline constexpr std::size_t body_bytes = 256 * 1024;       ///< that pushers who share a request may fill
inline constexpr std::size_t answer_bytes = 64 * 1024;      ///< what is read of an answer
inline constexpr std::chrono::seconds request_timeout{30};  ///< from the first moment to the last
inline constexpr std::chrono::seconds test_timeout{10};     ///< the same of a test, for which somebody waits
inline constexpr std::chrono::seconds idle{30};             ///< how long a connection is kept without a request
inline constexpr std::chrono::seconds names_good_for{60};   ///< what a name server has said
inline constexpr std::size_t names_in_mind = 4096;
inline constexpr std::size_t lookup_threads = 8;  ///< at most; there is none while there is nothing to look up
inline constexpr std::size_t unwritten = 1024;    ///< what came of pokes and is not on disk yet
/// Of these, what gateways have taken and could not be noted, so that a crash would repeat it.
inline constexpr std::size_t unnoted = 12;
inline constexpr std::chrono::milliseconds tick{50};            ///< how exactly deadlines and pauses are kept
inline constexpr std::size_t routed_a_turn = 128;               ///< pushers whose gateways are found out before others
inline constexpr std::size_t looked_at_a_turn = 256;            ///< queues, in search of those where something waits
inline constexpr std::size_t woken_in_mind = 65'536;            ///< of more, all queues are looked at
inline constexpr std::chrono::seconds search_pause{1};          ///< where some were left out, and not less than
inline constexpr std::chrono::microseconds pause_for_each{50};  ///< for each of them
inline constexpr std::chrono::seconds search_interval{60};      ///< for what other processes have queued
inline constexpr std::chrono::seconds handover_interval{1};     ///< to see whether another process still delivers
inline constexpr std::chrono::seconds retry_of_results{1};      ///< where what came of pokes could not be stored
inline constexpr std::size_t tests = 64;                        ///< pokes for a test at a time
inline constexpr double tests_a_second = 0.2;                   ///< of a user …
inline constexpr double tests_at_once = 5;                      ///< … who may have so many at once
inline constexpr std::size_t gateways_in_metrics = 100;         ///< those beyond are counted together

}  // namespace pusherd::net::poke_bounds
