#pragma once

#include "bench/load/hostile_script.hpp"
#include "net/asio.hpp"
#include "net/server/connection_socket.hpp"
#include "net/server/event_loop.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::bench {

/// What became of the hostile connections.
struct hostile_counts {
    std::uint64_t opened = 0;
    std::uint64_t ended_by_server = 0;
    std::size_t open = 0;                             ///< now
    std::size_t most_open = 0;                        ///< at once
    std::uint64_t bytes = 0;                          ///< sent
    std::map<int, std::uint64_t> answers{};           ///< by status; of each connection, the first
    std::map<std::string, std::uint64_t> failures{};  ///< connections that could not be opened, by cause
};

/// One hostile connection after another.
class hostile_client final : private net::readiness_observer {
public:
    hostile_client(net::event_loop& loop, const net::tcp::endpoint& server, hostile_counts& counts)
        : loop_(loop), server_(server), counts_(counts) {}
    ~hostile_client() = default;
    hostile_client(const hostile_client&) = delete;
    hostile_client& operator=(const hostile_client&) = delete;

    [[nodiscard]] bool is_closed() const noexcept { return !socket_; }

    /// Connects, and does what the script says, which must outlive it. Only while closed.
    void open(const hostile_script& script);

    /// Sends the next byte of what drips.
    void drip();

private:
    void on_ready(net::readiness what) override;
    void on_connected();
    void send_rest();
    void read();
    void leave();
    void end();
    void fail(int error);

    net::event_loop& loop_;
    const net::tcp::endpoint& server_;
    hostile_counts& counts_;
    const hostile_script* script_ = nullptr;
    std::optional<net::connection_socket> socket_;
    std::size_t sent_ = 0;
    std::string status_line_;
    bool connected_ = false;
};

}  // namespace pusherd::bench
