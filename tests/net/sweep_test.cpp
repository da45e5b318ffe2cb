// A server whose stop falls on the moment when its timer is due.

#include "tests/net/held_server.hpp"
#include "tests/net/wire.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

}  // namespace

BOOST_AUTO_TEST_SUITE(sweeps)

BOOST_AUTO_TEST_CASE(a_server_ends_although_its_timer_is_due_when_it_is_told_to) {
    const auto held = std::make_shared<held_server>();
    http_connection connection(held->start());
    connection.send(request("GET", list_path, "any"));
    held->store.held.get_future().wait();
    std::this_thread::sleep_for(1200ms);  // the timer of once a second is due, and the thread does not know yet
    held->server.begin_stop();
    held->server.end_idle_connections();
    const auto joined = std::make_shared<std::promise<void>>();
    std::thread([held, joined] {
        held->server.join();
        joined->set_value();
    }).detach();
    std::this_thread::sleep_for(200ms);  // join() has told the thread to end
    held->store.let_go.set_value();
    BOOST_TEST(connection.read_answer().status == 200);
    // Should it hang, it is left behind with all that it uses.
    BOOST_TEST((joined->get_future().wait_for(5s) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_told_to_end_waits_for_the_set_that_the_store_has) {
    const auto held = std::make_shared<held_server>();
    http_connection connection(held->start());
    connection.send(request("POST", set_path, "any", pusher_body("org.example.app", "key")));
    domain::set_request* const set = held->store.submitted.get_future().get();
    held->server.begin_stop();
    held->server.abort();
    const auto joined = std::make_shared<std::promise<void>>();
    auto ended = joined->get_future();
    std::thread([held, joined] {
        held->server.join();
        joined->set_value();
    }).detach();
    BOOST_TEST((ended.wait_for(300ms) == std::future_status::timeout));
    set->on_done();  // would be the death of a server that had not waited
    BOOST_TEST((ended.wait_for(5s) == std::future_status::ready));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
