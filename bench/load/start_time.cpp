#include "bench/load/start_time.hpp"

#include "bench/load/child.hpp"
#include "bench/load/run.hpp"
#include "net/asio.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <string_view>
#include <thread>

namespace pusherd::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::microseconds between_attempts{100};

bool answers(net::asio::io_context& context, const net::tcp::endpoint& server, const std::string& request) {
    boost::system::error_code failed;
    net::tcp_socket socket(context.get_executor());
    socket.connect(server, failed);
    if (!failed) net::asio::write(socket, net::asio::buffer(request), failed);
    std::string answer;
    std::array<char, 4096> bytes{};
    while (!failed) answer.append(bytes.data(), socket.read_some(net::asio::buffer(bytes), failed));
    return failed == net::asio::error::eof && answer.starts_with("HTTP/1.1 200 ");
}

}  // namespace

std::chrono::duration<double> time_start(const std::vector<std::string>& command, const target& where,
                                         const std::string& path) {
    net::asio::io_context context;
    const net::tcp::endpoint server = resolve(where);
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const auto begin = clock::now();
    child process(command);
    while (!answers(context, server, request)) {
        if (process.has_ended()) throw run_failed(command[0] + " has ended");
        if (clock::now() - begin > patience) throw run_failed(command[0] + " does not answer");
        std::this_thread::sleep_for(between_attempts);
    }
    return clock::now() - begin;
}

}  // namespace pusherd::bench
