// SIGTERM and SIGINT: requests in flight are answered, then it ends with 0.

#include "tests/support/lock_holder.hpp"
#include "tests/support/notify_socket.hpp"
#include "tests/support/pusherd_folder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

/// A set of which the head and half of the body are sent. That the server has read the head, its 100 Continue tells.
class half_sent_set {
public:
    half_sent_set(std::uint16_t port, const std::string& token) : connection_(port) {
        const std::string whole = request("POST", "/_matrix/client/v3/pushers/set", token,
                                          pusher_body("org.example.app", "in-flight"), "Expect: 100-continue\r\n");
        const std::size_t body = whole.find("\r\n\r\n") + 4;
        rest_ = whole.substr(body + 20);
        connection_.send(whole.substr(0, body));
        const answer invited = connection_.read_answer(true);
        if (invited.status != 100) throw std::runtime_error("no 100 Continue");
        connection_.send(whole.substr(body, 20));
    }

    [[nodiscard]] answer complete() {
        connection_.send(rest_);
        return connection_.read_answer();
    }
    [[nodiscard]] bool is_closed() { return connection_.is_closed_within(10s); }

private:
    http_connection connection_;
    std::string rest_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stop)

BOOST_AUTO_TEST_CASE(sigterm_and_sigint_end_it_with_0_and_idle_connections_are_closed) {
    for (const int signal : {SIGTERM, SIGINT}) {
        const pusherd_folder folder;
        pusherd_server server(folder.data(), {"--drain", "600"});
        http_connection idle(server.port());
        http_connection used(server.port());
        BOOST_TEST(used.send(request("GET", "/health")));
        BOOST_TEST(used.read_answer().status == 200);
        server.process().signal(signal);
        BOOST_TEST(server.process().wait().status == 0);
        BOOST_TEST(idle.is_closed_within(10s));
        BOOST_TEST(used.is_closed_within(10s));
    }
}

BOOST_AUTO_TEST_CASE(a_request_in_flight_is_answered_and_then_its_connection_is_closed) {
    for (const int signal : {SIGTERM, SIGINT}) {
        const pusherd_folder folder;
        const std::string token = folder.issue("@alice:example.org");
        {
            pusherd_server server(folder.data(), {"--drain", "600"});
            half_sent_set set(server.port(), token);
            server.process().signal(signal);
            (void)server.process().wait_for_line("stopping");
            const answer got = set.complete();
            BOOST_TEST(got.status == 200);
            BOOST_TEST(got.field("connection") == "close");
            BOOST_TEST(set.is_closed());
            BOOST_TEST(server.process().wait().status == 0);
        }
        pusherd_server again(folder.data());
        BOOST_TEST(pushkeys_in(again.client(token).get()) == "in-flight ");
    }
}

BOOST_AUTO_TEST_CASE(while_it_drains_nobody_new_is_served) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--drain", "600"});
    half_sent_set set(server.port(), folder.issue("@alice:example.org"));
    server.process().signal(SIGTERM);
    (void)server.process().wait_for_line("stopping");
    bool is_served = true;
    // The line comes before the listeners are closed: those that came in between are closed unanswered.
    for (int i = 0; is_served && i < 1000; ++i) try {
            http_client(server.port()).get("/health");
        } catch (const std::exception&) {
            is_served = false;
        }
    BOOST_TEST(!is_served);
    BOOST_TEST(set.complete().status == 200);
    BOOST_TEST(server.process().wait().status == 0);
}

BOOST_AUTO_TEST_CASE(a_request_that_never_ends_is_cut_off_after_the_drain_and_the_end_is_still_0) {
    for (const char* drain : {"1", "0"}) {
        const pusherd_folder folder;
        const std::string token = folder.issue("@alice:example.org");
        pusherd_server server(folder.data(), {"--drain", drain});
        half_sent_set set(server.port(), token);
        BOOST_TEST(server.stop().status == 0);
        BOOST_TEST(set.is_closed());
        BOOST_TEST(folder.stat("pushers") == 0U);
    }
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_it_at_once) {
    for (const int second : {SIGTERM, SIGINT}) {
        const pusherd_folder folder;
        pusherd_server server(folder.data(), {"--drain", "100000"});
        half_sent_set set(server.port(), folder.issue("@alice:example.org"));
        server.process().signal(SIGTERM);
        (void)server.process().wait_for_line("stopping");
        server.process().signal(second);
        (void)server.process().wait();  // throws if it takes long
        BOOST_TEST(set.is_closed());
        BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
    }
}

BOOST_AUTO_TEST_CASE(systemd_is_told_when_it_is_ready_and_when_it_stops) {
    const temporary_folder folder;
    for (const std::string& path :
         {(folder.path() / "notify").string(), "@pusherd-test-" + std::to_string(::getpid())}) {
        const notify_socket manager(path);
        pusherd_server server(folder.path() / "data", {}, {{"NOTIFY_SOCKET", path}});
        BOOST_TEST(manager.receive() == "READY=1");
        BOOST_TEST(server.client().get("/health").status == 200);
        BOOST_TEST(server.stop().status == 0);
        BOOST_TEST(manager.receive() == "STOPPING=1");
    }
}

BOOST_AUTO_TEST_CASE(a_notify_socket_that_is_not_there_does_no_harm) {
    const pusherd_folder folder;
    for (const char* path : {"/nonexistent/notify", "@nobody-listens", "nonsense", ""}) {
        pusherd_server server(folder.data(), {}, {{"NOTIFY_SOCKET", path}});
        BOOST_TEST(server.stop().status == 0);
    }
}

// As a process that was stopped in the middle of a write would: there is nobody to answer the set.
BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_ever_for_another_process_that_holds_the_lock_of_writers) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    lock_holder holder(folder.data());
    pusherd_server server(folder.data(), {"--drain", "1"});
    holder.take_lock();
    http_connection alice(server.port());
    alice.send(request("POST", "/_matrix/client/v3/pushers/set", token, pusher_body("app", "key")));
    BOOST_TEST(!alice.is_readable_within(200ms));
    const process_end& end = server.stop();
    BOOST_TEST(end.status == 1);
    BOOST_TEST(end.err.find("locked for too long") != std::string::npos, end.err);
    holder.kill();
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
