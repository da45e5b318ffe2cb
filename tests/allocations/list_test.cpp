// How much memory a request asks for. An executable of its own, because it replaces operator new.

#include "tests/support/running_server.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>

namespace {

std::atomic<std::size_t> allocations = 0;
thread_local bool is_counted = true;  // every thread but the test's own

}  // namespace

void* operator new(std::size_t bytes) {
    if (is_counted) ++allocations;
    if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace pusherd::testing {
namespace {

constexpr std::size_t requests = 2000;

net::server_settings one_thread() {
    auto settings = running_server::default_settings();
    settings.threads = 1;
    return settings;
}

struct warm_server {
    warm_server() {
        is_counted = false;
        auto client = server.client(token);
        (void)client.set(pusher_body("org.example.app", "key"));
        (void)ask_many();
    }

    // How many allocations so many lists took on the server's threads, beyond those of the date, which is put together
    // anew once a second.
    std::size_t ask_many() {
        constexpr std::size_t of_a_date = 4;
        http_connection connection(server.port());
        const std::string list = request("GET", "/_matrix/client/v3/pushers", token);
        connection.send(list);
        (void)connection.read_answer();  // what the connection itself takes is taken then
        const auto begin = std::chrono::steady_clock::now();
        const std::size_t before = allocations;
        for (std::size_t i = 0; i < requests; ++i) {
            connection.send(list);
            BOOST_REQUIRE(connection.read_answer().status == 200);
        }
        const std::size_t taken = allocations - before;
        const auto seconds =
            std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count() + 1;
        return taken - std::min(taken, static_cast<std::size_t>(seconds) * of_a_date);
    }

    running_server server{one_thread()};
    std::string token = server.token("@alice:example.org");
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(allocations_of_a_request, warm_server)

BOOST_AUTO_TEST_CASE(a_list_takes_none) { BOOST_TEST(ask_many() == 0U); }

// So that the test above is known to see what it is about.
BOOST_AUTO_TEST_CASE(a_set_that_changes_nothing_takes_some) {
    auto client = server.client(token);
    (void)client.set(pusher_body("org.example.app", "key"));
    const std::size_t before = allocations;
    BOOST_TEST(client.set(pusher_body("org.example.app", "key")).field("pusherd-outcome") == "unchanged");
    BOOST_TEST(allocations - before > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
