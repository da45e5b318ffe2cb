#pragma once

#include "bench/load/request_writer.hpp"
#include "bench/load/seed.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <filesystem>
#include <string>

namespace pusherd::bench {

/// The server on that port of this machine.
inline target local_target(std::uint16_t port) {
    return {.host = "127.0.0.1", .port = std::to_string(port), .prefix = "/_matrix/client/v3"};
}

/// A real pusherd on a database of fifty users.
struct seeded_server {
    testing::pusherd_folder folder;
    std::filesystem::path tokens = folder.file("tokens.tsv");
    testing::pusherd_server server = start();

    testing::pusherd_server start() {
        seed({.data = folder.data(), .tokens = tokens, .users = 50, .pushers = 2, .map_size = std::size_t{64} << 20});
        return testing::pusherd_server(folder.data(), {"--set-rate", "0"});
    }
};

}  // namespace pusherd::bench
