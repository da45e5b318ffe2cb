#pragma once

#include "bench/gateway/rule.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pusherd::bench {

/// What is shown on stdout of what comes.
enum class shown : std::uint8_t {
    lines,   ///< a line for people each
    json,    ///< the body each, in one line
    counts,  ///< what has come in all, once a second while something does
};

/// A push gateway to look at, as the command line has it.
struct gateway_options {
    std::vector<std::string> listen{"127.0.0.1:8009"};  ///< `HOST:PORT`
    std::filesystem::path certificate{};                ///< TLS on all of them, by these; empty: in the clear
    std::filesystem::path key{};
    std::vector<rule> rules{};
    std::uint64_t seed = 1;  ///< of what rules leave to chance
    shown output = shown::lines;
    std::chrono::duration<double> length{0};  ///< then it ends; 0: it does not
    std::uint64_t requests = 0;               ///< ends after so many notifications; 0: it does not
    std::uint64_t pokes = 0;                  ///< or devices that were poked
};

}  // namespace pusherd::bench
