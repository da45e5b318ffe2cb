#pragma once

#include "bench/load/request_mix.hpp"
#include "bench/load/request_writer.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace pusherd::bench {

/// What `pusherd-bench run` is told.
struct run_options {
    std::string url = "http://127.0.0.1:8008";
    target where;                     ///< what `url` says
    std::filesystem::path authority;  ///< that vouches for the server; empty: see make_tls_context()
    std::filesystem::path tokens;
    std::size_t users = 0;  ///< the first so many tokens; 0: all
    request_mix mix;
    std::size_t connections = 64;
    std::size_t idle_connections = 0;  ///< beside those, open and silent
    std::size_t in_flight = 1;         ///< requests a connection that are sent before their answers have come
    std::size_t threads = 1;
    bool keep_alive = true;          ///< false: a connection a request
    bool refusals_are_fine = false;  ///< 429 is counted apart, and is no wrong answer
    bool busy_poll = false;          ///< does not sleep while answers come
    double rate = 0;                 ///< requests a second, of all threads; 0: closed loop, as fast as answers come
    std::chrono::duration<double> warm_up{1};
    std::chrono::duration<double> duration{10};
    bool is_shown = true;            ///< a live line, if stderr is a terminal
    std::vector<pid_t> server_pids;  ///< whose CPU time is told
    std::filesystem::path json;      ///< empty: none
    std::filesystem::path report;    ///< empty: none
};

}  // namespace pusherd::bench
