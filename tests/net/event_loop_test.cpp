// The loop that a thread of the server runs: what is posted, what is ready, what is due.

#include "net/server/event_loop.hpp"

#include "net/server/suspension.hpp"
#include "net/server/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::net {
namespace {

struct loop_and_log {
    std::string log;
    event_loop loop{[this](const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            log += std::string("!") + error.what() + ' ';
        }
    }};

    void say(const std::string& what) { log += what + ' '; }
};

struct socket_pair {
    std::array<int, 2> ends{};
    socket_pair() { BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0); }
    ~socket_pair() {
        for (const int each : ends) ::close(each);
    }
    socket_pair(const socket_pair&) = delete;
    socket_pair& operator=(const socket_pair&) = delete;
    void write() const { BOOST_REQUIRE(::write(ends[1], "x", 1) == 1); }
    void end() const { ::shutdown(ends[1], SHUT_WR); }
};

struct calling_observer final : readiness_observer {
    explicit calling_observer(std::function<void(readiness)> function) : call(std::move(function)) {}
    void on_ready(readiness what) override { call(what); }
    std::function<void(readiness)> call;
};

struct speaking_taker final : turn_taker {
    explicit speaking_taker(std::function<void()> function) : take(std::move(function)) {}
    void on_turn() override { take(); }
    std::function<void()> take;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(event_loops, loop_and_log)

BOOST_AUTO_TEST_CASE(what_is_posted_runs_in_its_order_and_what_that_posts_after_it) {
    loop.post([&] {
        say("1");
        loop.post([&] { say("3"); });
    });
    loop.post([&] { say("2"); });
    loop.post([&] { loop.stop(); });
    loop.run();
    BOOST_TEST(log == "1 2 3 ");
}

BOOST_AUTO_TEST_CASE(what_throws_is_reported_and_the_others_run) {
    loop.post([&] { say("1"); });
    loop.post([] { throw std::runtime_error("no"); });
    loop.post([&] { say("2"); });
    loop.post([&] { loop.stop(); });
    loop.run();
    BOOST_TEST(log == "1 !no 2 ");
}

BOOST_AUTO_TEST_CASE(what_other_threads_post_runs_here_once_each) {
    constexpr int threads = 4;
    constexpr int each = 10'000;
    int ran = 0;
    const auto here = std::this_thread::get_id();
    std::vector<std::thread> others;
    for (int i = 0; i < threads; ++i)
        others.emplace_back([&] {
            for (int j = 0; j < each; ++j)
                loop.post([&] {
                    BOOST_REQUIRE((std::this_thread::get_id() == here));
                    if (++ran == threads * each) loop.stop();
                });
        });
    loop.run();
    for (std::thread& other : others) other.join();
    BOOST_TEST(ran == threads * each);
    BOOST_TEST(log.empty());
}

BOOST_AUTO_TEST_CASE(a_standing_call_runs_once_however_often_it_was_posted_and_again_when_it_is_posted_again) {
    standing_call again([&] { say("2"); });
    standing_call call([&] {
        say("1");
        loop.post(again);
    });
    loop.post(call);
    loop.post(call);
    std::thread([&] { loop.post(call); }).join();
    loop.run_once(std::chrono::milliseconds(0));  // the alarm is heard
    loop.run_once(std::chrono::milliseconds(0));
    BOOST_TEST(log == "1 2 ");
    loop.post(call);
    loop.run_once(std::chrono::milliseconds(0));
    loop.run_once(std::chrono::milliseconds(0));
    BOOST_TEST(log == "1 2 1 2 ");
}

BOOST_AUTO_TEST_CASE(standing_calls_of_several_threads_are_never_lost) {
    constexpr int threads = 4;
    constexpr int each = 10'000;
    std::atomic<int> posted = 0;
    int seen = 0;
    standing_call call([&] {
        seen = posted;
        if (seen == threads * each) loop.stop();
    });
    std::vector<std::thread> others;
    for (int i = 0; i < threads; ++i)
        others.emplace_back([&] {
            for (int j = 0; j < each; ++j) {
                ++posted;
                loop.post(call);
            }
        });
    loop.run();
    for (std::thread& other : others) other.join();
    BOOST_TEST(seen == threads * each);
}

BOOST_AUTO_TEST_CASE(turns_are_taken_in_their_order_and_one_that_ends_gives_its_up) {
    speaking_taker last([&] { say("last"); });
    auto never = std::make_unique<speaking_taker>([&] { say("never"); });
    speaking_taker first([&] {
        say("first");
        never.reset();
        loop.line_up(last);
        loop.line_up(first);
    });
    loop.line_up(first);
    loop.line_up(first);
    loop.line_up(*never);
    loop.line_up(last);
    loop.run_once(std::chrono::milliseconds(0));
    BOOST_TEST(log == "first last ");
    first.take = [&] { say("again"); };
    loop.run_once(std::chrono::milliseconds(0));
    BOOST_TEST(log == "first last again ");
}

BOOST_AUTO_TEST_CASE(a_change_is_told_once_and_the_next_one_again) {
    const socket_pair sockets;
    int told = 0;
    calling_observer observer([&](readiness what) {
        BOOST_TEST(what.readable);
        if (++told == 1) {
            BOOST_TEST(!what.ended);
            loop.post([&] { sockets.write(); });  // what came before is not read: this is told all the same
        } else if (told == 2) {
            sockets.end();
        } else {
            BOOST_TEST(what.ended);
            loop.stop();
        }
    });
    sockets.write();
    loop.watch_changes(sockets.ends[0], observer);  // of what is there already, too
    loop.run();
    BOOST_TEST(told == 3);
}

BOOST_AUTO_TEST_CASE(what_stays_readable_is_told_until_it_is_forgotten) {
    const socket_pair sockets;
    int told = 0;
    int ticks = 0;
    calling_observer observer([&](readiness) {
        if (++told == 5) loop.forget(sockets.ends[0]);
    });
    sockets.write();
    loop.watch_while_readable(sockets.ends[0], observer);
    loop.set_tick(std::chrono::milliseconds(20), [&] {
        if (++ticks == 3) loop.stop();
    });
    loop.run();
    BOOST_TEST(told == 5);
    BOOST_TEST(ticks == 3);
}

BOOST_AUTO_TEST_CASE(an_observer_may_end_with_what_it_is_told) {
    socket_pair sockets;
    std::unique_ptr<calling_observer> observer;
    observer = std::make_unique<calling_observer>([&](readiness) {
        ::close(sockets.ends[0]);
        sockets.ends[0] = -1;
        loop.post([&] { loop.stop(); });
        observer.reset();
    });
    sockets.write();
    loop.watch_changes(sockets.ends[0], *observer);
    loop.run();
    BOOST_TEST((observer == nullptr));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_watched_is_an_error) {
    calling_observer observer([](readiness) {});
    BOOST_CHECK_THROW(loop.watch_changes(-1, observer), boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(before_each_wait_there_is_a_call) {
    int calls = 0;
    loop.set_before_wait([&] {
        if (++calls == 3) loop.stop();
        loop.post([] {});
    });
    loop.run();
    BOOST_TEST(calls >= 3);
}

BOOST_AUTO_TEST_CASE(coroutines_wait_and_go_on) {
    suspension first;
    suspension second;
    const auto wait_twice = [](suspension& a, suspension& b, loop_and_log& seen) -> task<> {
        seen.say("begin");
        co_await a.until_resumed();
        seen.say("between");
        co_await b.until_resumed();
        seen.say("end");
    };
    boost::asio::co_spawn(loop.get_executor(), wait_twice(first, second, *this),
                          [&](const std::exception_ptr& failure) {
                              say(failure ? "failed" : "done");
                              loop.stop();
                          });
    loop.post([&] {
        second.resume();  // nobody waits there yet
        first.resume();
        second.resume_later(loop);
        say("later");
    });
    loop.run();
    BOOST_TEST(log == "begin between later end done ");
}

BOOST_AUTO_TEST_CASE(a_coroutine_that_waits_for_its_turn_may_be_resumed_before_it_and_then_has_none) {
    suspension where;
    const auto wait = [](suspension& here, loop_and_log& seen) -> task<> {
        co_await here.until_next_turn(seen.loop);
        seen.say("resumed");
        co_await here.until_resumed();
        seen.say("never");
    };
    boost::asio::co_spawn(loop.get_executor(), wait(where, *this), [](const std::exception_ptr&) {});
    loop.post([&] {
        where.resume();
        loop.post([&] { loop.stop(); });
    });
    loop.run();
    BOOST_TEST(log == "resumed ");
}

BOOST_AUTO_TEST_CASE(what_has_not_run_is_destroyed_with_the_loop) {
    const auto held = std::make_shared<int>(1);
    {
        event_loop other([](const std::exception_ptr&) {});
        other.post([held] {});
        std::thread([&] { other.post([held] {}); }).join();
        BOOST_TEST(held.use_count() == 3);
    }
    BOOST_TEST(held.use_count() == 1);
}

// Such a coroutine unwinds by posting to the loop that is being destroyed.
BOOST_AUTO_TEST_CASE(coroutines_that_have_not_begun_or_not_ended_are_destroyed_with_the_loop) {
    const auto held = std::make_shared<int>(1);
    suspension never;
    {
        event_loop other([](const std::exception_ptr&) {});
        const auto wait = [](suspension& where, std::shared_ptr<int>) -> task<> { co_await where.until_resumed(); };
        for (int i = 0; i < 10; ++i)
            boost::asio::co_spawn(other.get_executor(), wait(never, held), [held](const std::exception_ptr&) {});
        BOOST_TEST(held.use_count() > 10);
    }
    BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(one_turn_runs_what_is_posted_and_tells_what_is_ready_and_no_more) {
    const socket_pair sockets;
    calling_observer observer([&](readiness what) {
        if (what.readable) say("ready");
    });
    loop.watch_changes(sockets.ends[0], observer);
    loop.run_once(std::chrono::milliseconds(0));  // tells that there is room to write
    sockets.write();
    loop.post([&] {
        say("1");
        loop.post([&] { say("2"); });
    });
    loop.run_once(std::chrono::milliseconds(60'000));
    BOOST_TEST(log == "1 ready ");
    loop.run_once(std::chrono::milliseconds(0));
    BOOST_TEST(log == "1 ready 2 ");
}

BOOST_AUTO_TEST_CASE(an_executor_runs_at_once_on_the_loops_thread_if_it_may) {
    const auto executor = loop.get_executor();
    loop.post([&] {
        boost::asio::dispatch(executor, [&] { say("at once"); });
        boost::asio::post(executor, [&] {
            say("later");
            loop.stop();
        });
        say("behind");
    });
    loop.run();
    BOOST_TEST(log == "at once behind later ");
    BOOST_TEST((executor == loop.get_executor()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
