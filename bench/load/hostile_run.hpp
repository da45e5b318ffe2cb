#pragma once

#include "bench/load/hostile_client.hpp"
#include "bench/load/hostile_script.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace pusherd::bench {

/// What `pusherd-bench hostile` is told.
struct hostile_options {
    std::string url = "http://127.0.0.1:8008";
    target where;  ///< what `url` says
    std::filesystem::path tokens;
    hostile_kind kind = hostile_kind::slow_head;
    std::size_t connections = 10'000;  ///< held at once; one that the server ends is opened anew
    double connect_rate = 2000;        ///< connections opened a second, at most
    std::chrono::duration<double> duration{10};
    std::filesystem::path json;  ///< empty: none
};

/// Called time and again: what has become of them so far, and whether all have been open at once. False ends the run.
using hostile_watch = std::function<bool(const hostile_counts& so_far, bool all_are_there)>;

/// Harms the server for the duration. Throws run_failed and bad_token_file.
[[nodiscard]] hostile_counts run_hostile(const hostile_options& options, const hostile_watch& watch);

/// For people.
[[nodiscard]] std::string to_text(const hostile_options& options, const hostile_counts& counts);

/// For programs.
[[nodiscard]] std::string to_json(const hostile_options& options, const hostile_counts& counts);

}  // namespace pusherd::bench
