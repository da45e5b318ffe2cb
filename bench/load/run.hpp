#pragma once

#include "bench/load/run_options.hpp"
#include "bench/load/run_result.hpp"
#include "net/asio.hpp"

#include <stdexcept>

namespace pusherd::bench {

/// A run that cannot begin. what() is one line.
class run_failed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The first address of a host. Throws run_failed.
[[nodiscard]] net::tcp::endpoint resolve(const target& where);

/// Puts the load on the server and measures, for the warm-up and the duration; shows a live line on stderr if that is a
/// terminal. Throws run_failed, bad_token_file and net::tls::unusable.
[[nodiscard]] run_result run_load(const run_options& options);

}  // namespace pusherd::bench
