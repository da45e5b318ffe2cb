#pragma once

#include "tests/support/http_client.hpp"
#include "tests/support/pusherd_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::testing {

/// `pusherd serve` on a free port of 127.0.0.1, which answers once this is constructed. It sends no pokes unless the
/// options say `--pokes on`.
class pusherd_server {
public:
    explicit pusherd_server(const std::filesystem::path& data, const std::vector<std::string>& options = {},
                            const std::map<std::string, std::string>& environment = {});

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] http_client client(const std::string& token = {}) const { return http_client(port_, token); }
    [[nodiscard]] pusherd_process& process() noexcept { return process_; }

    /// SIGTERM, and its end.
    const process_end& stop();
    /// As by `kill -9`; returns when it is gone.
    void kill();

private:
    pusherd_process process_;
    std::uint16_t port_;
};

/// A data folder, `data` in a temporary folder that may take other files as well, and commands on it. It is not there
/// before a command creates it.
class pusherd_folder {
public:
    [[nodiscard]] std::filesystem::path data() const { return temporary_.path() / "data"; }
    [[nodiscard]] std::filesystem::path file(std::string_view name) const { return temporary_.path() / name; }

    [[nodiscard]] process_end run(std::vector<std::string> command, const std::string& input = {}) const;

    /// Runs a command that has to succeed, and returns what it prints.
    std::string print(const std::vector<std::string>& command, const std::string& input = {}) const;

    /// A new token.
    [[nodiscard]] std::string issue(const std::string& user, const std::string& device = {}) const;

    /// A number that `stat --json` shows.
    [[nodiscard]] std::uint64_t stat(std::string_view name) const;

private:
    temporary_folder temporary_;
};

/// The decimal numbers in a text, in their order.
[[nodiscard]] std::vector<std::uint64_t> numbers_in(std::string_view text);

/// The pushkeys of a list, in its order, each followed by a space.
[[nodiscard]] std::string pushkeys_in(const answer& list);

}  // namespace pusherd::testing
