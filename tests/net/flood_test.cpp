// A client that sends without end, and never lets the server run out of bytes.

#include "tests/net/wire.hpp"

#include <atomic>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

net::server_settings one_thread() {
    auto settings = running_server::default_settings();
    settings.threads = 1;
    return settings;
}

/// Sends requests whose bodies are of one-byte chunks, which take the most time a byte, and reads the answers.
class flood {
public:
    explicit flood(std::uint16_t port) : connection_(port) {
        std::string many = "GET /health HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (int i = 0; i < 60'000; ++i) many += "1\r\nx\r\n";
        many += "0\r\n\r\n";
        // A system call for many of them: they come faster than they are read.
        for (int i = 0; i < 3; ++i) many += many;
        writer_ = std::thread([this, many] {
            while (!done_ && connection_.send(many)) {
            }
        });
        reader_ = std::thread([this] {
            try {
                while (connection_.read_answer().status == 200) ++answers_;
            } catch (const std::exception&) {
                return;  // it has ended
            }
        });
    }

    ~flood() {
        done_ = true;
        connection_.shutdown_both();
        writer_.join();
        reader_.join();
    }

    flood(const flood&) = delete;
    flood& operator=(const flood&) = delete;

    void wait_until_it_runs() const {
        while (answers_ < 3) std::this_thread::sleep_for(1ms);
        std::this_thread::sleep_for(2s);  // the system has made the buffers larger by then
    }

private:
    http_connection connection_;
    std::atomic<bool> done_ = false;
    std::atomic<int> answers_ = 0;
    std::thread writer_;
    std::thread reader_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(floods)

BOOST_AUTO_TEST_CASE(others_on_the_same_thread_are_answered_meanwhile) {
    running_server server(one_thread());
    auto alice = server.client_of("@alice:h");
    const flood without_end(server.port());
    without_end.wait_until_it_runs();
    for (int i = 0; i < 20; ++i) BOOST_TEST(alice.get().status == 200);  // gives up after ten seconds
    BOOST_TEST(server.client_of("@bob:h").get().status == 200);          // a connection that is new
}

BOOST_AUTO_TEST_CASE(a_server_that_is_told_to_end_ends_all_the_same) {
    running_server server(one_thread());
    const flood without_end(server.port());
    without_end.wait_until_it_runs();
    server.server().begin_stop();
    for (int i = 0; i < 1000 && !server.server().is_idle(); ++i) std::this_thread::sleep_for(10ms);
    BOOST_TEST(server.server().is_idle());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
