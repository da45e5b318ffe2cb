// A server whose stop falls on the moment when its timer is due.

#include "tests/net/wire.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

/// A store whose list keeps the thread until it is let go, and whose sets are answered by the test.
class holding_store final : public domain::store {
public:
    std::unique_ptr<domain::store_reader> open_reader() override { return std::make_unique<reader>(*this); }
    bool submit(domain::set_request& request) override {
        submitted.set_value(&request);
        return true;
    }

    std::promise<domain::set_request*> submitted;
    std::promise<void> held;
    std::promise<void> let_go;

private:
    class reader final : public domain::store_reader {
    public:
        explicit reader(holding_store& home) : home_(home) {}

        std::optional<domain::identity> authenticate(std::string_view) override {
            return domain::identity{.user_id = "@alice:h", .device_id = {}};
        }
        bool answer_without_writing(domain::set_request&) override { return false; }
        void rest() noexcept override {}

        domain::result<> list(std::string_view, domain::list_visitor& visitor) override {
            home_.held.set_value();
            home_.let_go.get_future().wait();
            visitor.visit("");
            return {};
        }

    private:
        holding_store& home_;
    };
};

struct held_server {
    holding_store store;
    recording_logger log;
    net::server_settings settings;
    net::server server{settings, store, log};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sweeps)

BOOST_AUTO_TEST_CASE(a_server_ends_although_its_timer_is_due_when_it_is_told_to) {
    const auto held = std::make_shared<held_server>();
    net::listening_sockets sockets({"127.0.0.1:0"});
    const std::string address = sockets.addresses().front();
    held->server.start(std::move(sockets));
    http_connection connection(static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1))));
    connection.send(request("GET", list_path, "any"));
    held->store.held.get_future().wait();
    std::this_thread::sleep_for(1200ms);  // the timer of once a second is due, and the thread does not know yet
    held->server.begin_stop();
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
    net::listening_sockets sockets({"127.0.0.1:0"});
    const std::string address = sockets.addresses().front();
    held->server.start(std::move(sockets));
    http_connection connection(static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1))));
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
