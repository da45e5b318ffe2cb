// Names that are looked up on other threads: once for all who ask, not again for a while, and no longer than one waits.

#include "net/pokes/name_lookup.hpp"

#include "tests/net/pokes/test_gateway.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace pusherd::net {
namespace {

using namespace std::chrono_literals;

/// What was found, as text: addresses, or why there are none.
std::string to_text(const found_addresses& found) {
    std::string all;
    for (const auto& each : found.addresses)
        all += each.address().to_string() + ' ' + std::to_string(each.port()) + ' ';
    return found.addresses.empty() ? found.problem : all;
}

/// Is asked by threads that may outlive a test.
struct name_server {
    std::atomic<int> asked = 0;
    std::atomic<bool> waits = false;
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();

    found_addresses ask(const std::string& host, const std::string& port) {
        const int number = ++asked;
        if (waits) released.wait();
        if (host == "nobody.test") return {{}, host + ": nobody knows"};
        if (host == "broken.test") throw std::runtime_error("no memory");
        const auto address = asio::ip::make_address("10.0.0." + std::to_string(number));
        return {{{address, static_cast<std::uint16_t>(std::stoul(port))}}, {}};
    }
};

struct looking_up {
    std::shared_ptr<name_server> server = std::make_shared<name_server>();
    std::atomic<int>& asked = server->asked;
    event_loop loop{[](const std::exception_ptr& failure) { std::rethrow_exception(failure); }};
    name_lookup names{
        loop, [kept = server](const std::string& host, const std::string& port) { return kept->ask(host, port); }};
    std::vector<std::string> found;

    task<> look_for(std::string host, std::string port, clock::time_point deadline) {
        const auto came = co_await names.find(std::move(host), std::move(port), deadline);
        found.push_back(to_text(came));
    }

    void begin(const std::string& host, const std::string& port = "443",
               clock::time_point deadline = clock::now() + 1h) {
        asio::co_spawn(loop.get_executor(), look_for(host, port, deadline), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }

    // Turns of the loop until so many have been answered.
    void run_until(std::size_t answered) {
        BOOST_TEST(testing::comes_true([&] {
            loop.run_once(10ms);
            return found.size() >= answered;
        }));
        BOOST_TEST(found.size() == answered);
    }

    // Turns of the loop in which whatever can be done at once is done.
    void run() {
        for (int i = 0; i < 5; ++i) loop.run_once(0ms);
    }

    std::string find(const std::string& host, const std::string& port = "443") {
        const std::size_t before = found.size();
        begin(host, port);
        run_until(before + 1);
        return found.back();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(name_lookups, looking_up)

BOOST_AUTO_TEST_CASE(an_address_is_its_own_and_nobody_is_asked) {
    BOOST_TEST(find("10.1.2.3") == "10.1.2.3 443 ");
    BOOST_TEST(find("fd00::7", "8448") == "fd00::7 8448 ");
    BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(what_was_found_is_good_for_a_while) {
    BOOST_TEST(find("push.test") == "10.0.0.1 443 ");
    BOOST_TEST(find("push.test") == "10.0.0.1 443 ");
    BOOST_TEST(find("push.test", "8448") == "10.0.0.2 8448 ");
    BOOST_TEST(find("other.test") == "10.0.0.3 443 ");
    BOOST_TEST(asked == 3);
}

BOOST_AUTO_TEST_CASE(unless_it_leads_nowhere) {
    BOOST_TEST(find("push.test") == "10.0.0.1 443 ");
    names.look_again("push.test", "443");
    names.look_again("unknown.test", "443");
    BOOST_TEST(find("push.test") == "10.0.0.2 443 ");
}

BOOST_AUTO_TEST_CASE(who_asks_for_the_same_meanwhile_has_the_same_answer) {
    server->waits = true;
    for (int i = 0; i < 10; ++i) begin("push.test");
    run();
    names.look_again("push.test", "443");  // which has not been answered yet
    begin("push.test");
    run();
    BOOST_TEST(found.empty());
    server->release.set_value();
    run_until(11);
    for (const std::string& each : found) BOOST_TEST(each == "10.0.0.1 443 ");
    BOOST_TEST(asked == 1);
}

BOOST_AUTO_TEST_CASE(that_there_are_no_addresses_is_told_and_not_kept) {
    BOOST_TEST(find("nobody.test") == "nobody.test: nobody knows");
    BOOST_TEST(find("nobody.test") == "nobody.test: nobody knows");
    BOOST_TEST(find("broken.test") == "no memory");
    BOOST_TEST(asked == 3);
}

BOOST_AUTO_TEST_CASE(nobody_waits_longer_than_until_the_deadline) {
    server->waits = true;
    const auto deadline = clock::now();
    begin("push.test", "443", deadline);
    begin("slow.test", "443");
    run();
    names.check_deadlines(clock::now());
    run();
    BOOST_TEST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0] == "push.test: no name server has answered in time");
    server->release.set_value();
    run_until(2);
    BOOST_TEST(find("push.test").starts_with("10.0.0."));  // the answer has come since
    BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_CASE(a_name_whose_server_does_not_answer_holds_up_no_other) {
    server->waits = true;
    begin("slow.test");
    run();
    BOOST_TEST(testing::comes_true([&] { return asked == 1; }));
    server->waits = false;
    BOOST_TEST(find("push.test") == "10.0.0.2 443 ");
    server->release.set_value();
    run_until(2);
}

BOOST_AUTO_TEST_CASE(an_end_waits_for_no_name_server) {
    server->waits = true;
    begin("push.test");
    run();
    names.abort();
    run();
    BOOST_TEST_REQUIRE(found.size() == 1U);
    begin("other.test");
    run();
    BOOST_TEST(found.size() == 2U);
    server->release.set_value();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
