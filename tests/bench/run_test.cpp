// Runs against a real pusherd, and against servers that lie.

#include "bench/load/run.hpp"

#include "bench/load/bench_users.hpp"
#include "bench/load/text_report.hpp"
#include "net/asio.hpp"
#include "tests/bench/seeded_server.hpp"
#include "tests/support/files.hpp"

#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

namespace pusherd::bench {
namespace {

run_options options_for(std::uint16_t port, const std::filesystem::path& tokens) {
    run_options options;
    options.where = local_target(port);
    options.tokens = tokens;
    options.connections = 8;
    options.warm_up = std::chrono::milliseconds(50);
    options.duration = std::chrono::milliseconds(300);
    return options;
}

struct loaded_server : seeded_server {
    run_result run(const run_options& options) { return run_load(options); }
    run_options options() { return options_for(server.port(), tokens); }
};

// Answers whatever comes with the same bytes, and closes if it is told to.
class liar {
public:
    liar(std::string answer, bool closes)
        : answer_(std::move(answer)),
          closes_(closes),
          acceptor_(context_.get_executor(), net::tcp::endpoint(net::asio::ip::address_v4::loopback(), 0)),
          thread_([this] { serve(); }) {}

    ~liar() {
        stopping_ = true;
        net::tcp_socket last(context_.get_executor());  // wakes accept()
        boost::system::error_code ignored;
        last.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }

    liar(const liar&) = delete;
    liar& operator=(const liar&) = delete;

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    void serve() {
        while (!stopping_) {
            boost::system::error_code failed;
            net::tcp_socket socket(context_.get_executor());
            acceptor_.accept(socket, failed);
            if (failed) return;
            answer_all(socket);
        }
    }

    void answer_all(net::tcp_socket& socket) {
        std::array<char, 4096> request{};
        boost::system::error_code failed;
        while (!stopping_ && socket.read_some(net::asio::buffer(request), failed) > 0) {
            net::asio::write(socket, net::asio::buffer(answer_), failed);
            if (failed || closes_) return;
        }
    }

    std::string answer_;
    bool closes_;
    std::atomic<bool> stopping_ = false;
    net::asio::io_context context_;
    net::tcp_acceptor acceptor_;
    std::thread thread_;
};

// Reads, and says nothing.
class silent_server {
public:
    silent_server() : acceptor_(context_, {net::asio::ip::address_v4::loopback(), 0}) {
        thread_ = std::jthread([this] { read_all(); });
    }

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    /// How many have come, once the client has gone.
    [[nodiscard]] std::size_t requests() const {
        thread_.join();
        return requests_;
    }

private:
    void read_all() {
        boost::system::error_code failed;
        net::tcp_socket socket(context_.get_executor());
        acceptor_.accept(socket, failed);
        std::array<char, 65536> bytes{};
        while (!failed) {
            const std::size_t count = socket.read_some(net::asio::buffer(bytes), failed);
            requests_ += static_cast<std::size_t>(std::count(bytes.data(), bytes.data() + count, 'G'));  // of GET
        }
    }

    net::asio::io_context context_;
    net::tcp_acceptor acceptor_;
    std::size_t requests_ = 0;
    mutable std::jthread thread_;
};

// What a run with lists finds wrong with that answer.
std::map<std::string, std::uint64_t> wrong_with(const std::string& answer, bool closes = false) {
    const testing::temporary_folder folder;
    testing::write_file(folder.path() / "tokens", "token\n");
    const liar server(answer, closes);
    run_options options = options_for(server.port(), folder.path() / "tokens");
    options.connections = 1;
    const run_result result = run_load(options);
    BOOST_TEST(!is_clean(result));
    return result.measured.wrong_by_cause();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runs)

BOOST_FIXTURE_TEST_CASE(what_was_seeded_is_sound_and_complete, loaded_server) {
    BOOST_TEST(folder.stat("users") == 50U);
    BOOST_TEST(folder.stat("pushers") == 100U);
    BOOST_TEST(folder.stat("tokens") == 50U);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_FIXTURE_TEST_CASE(a_database_is_not_seeded_twice, loaded_server) {
    BOOST_CHECK_THROW(seed({.data = folder.data(), .tokens = folder.file("others"), .map_size = std::nullopt}),
                      std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(all_kinds_of_requests_are_answered_right, loaded_server) {
    run_options what = options();
    what.mix = *request_mix::parse("list=1,set=1,unchanged=1,shared=1,delete=1");
    const run_result result = run(what);
    BOOST_TEST(is_clean(result), to_table(what, result));
    for (const request_kind kind : request_kinds) BOOST_TEST(result.measured.answered(kind) > 0U, to_string(kind));
}

BOOST_FIXTURE_TEST_CASE(several_threads_pipelining_and_connections_for_each_request_work, loaded_server) {
    run_options what = options();
    what.threads = 2;
    what.in_flight = 16;
    what.idle_connections = 20;
    BOOST_TEST(is_clean(run(what)));
    what = options();
    what.keep_alive = false;
    BOOST_TEST(is_clean(run(what)));
}

// The clock of the machine is not asked for more than this: it sends no more than it was told to.
BOOST_FIXTURE_TEST_CASE(an_open_loop_sends_at_its_rate, loaded_server) {
    run_options what = options();
    what.rate = 500;
    what.duration = std::chrono::seconds(1);
    const run_result result = run(what);
    BOOST_TEST(is_clean(result));
    const std::uint64_t sent = result.measured.answered() + result.measured.unfinished();
    BOOST_TEST(sent >= 499U);
    BOOST_TEST(sent <= 501U);
}

BOOST_FIXTURE_TEST_CASE(unchanged_sets_write_nothing_and_the_others_do, loaded_server) {
    run_options what = options();
    what.mix = *request_mix::parse("unchanged=1");
    const std::uint64_t before = folder.stat("last_transaction");
    BOOST_TEST(is_clean(run(what)));
    BOOST_TEST(folder.stat("last_transaction") == before);
    what.mix = *request_mix::parse("set=1");
    BOOST_TEST(is_clean(run(what)));
    BOOST_TEST(folder.stat("last_transaction") > before);
    BOOST_TEST(folder.stat("pushers") == 100U);  // they change what is there, and add nothing
}

BOOST_FIXTURE_TEST_CASE(users_take_shared_keys_from_each_other, loaded_server) {
    run_options what = options();
    what.mix = *request_mix::parse("shared=1");
    BOOST_TEST(is_clean(run(what)));
    const std::uint64_t shared = folder.stat("pushers") - 100;
    BOOST_TEST(shared > 0U);
    BOOST_TEST(shared <= shared_keys);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_FIXTURE_TEST_CASE(a_token_that_is_not_known_is_a_wrong_answer, loaded_server) {
    run_options what = options();
    what.tokens = folder.file("unknown");
    testing::write_file(what.tokens, "nobodys-token\n");
    const run_result result = run(what);
    BOOST_TEST(!is_clean(result));
    BOOST_TEST(result.measured.wrong_by_cause().at("list: status 401") > 0U);
}

BOOST_AUTO_TEST_CASE(refusals_are_wrong_unless_they_are_fine) {
    const testing::temporary_folder folder;
    testing::write_file(folder.path() / "tokens", "token\n");
    const liar server("HTTP/1.1 429 Wait\r\nContent-Length: 2\r\n\r\n{}", false);
    run_options options = options_for(server.port(), folder.path() / "tokens");
    options.connections = 1;
    BOOST_TEST(run_load(options).measured.wrong_by_cause().contains("list: status 429"));
    options.refusals_are_fine = true;
    const run_result result = run_load(options);
    BOOST_TEST(result.measured.wrong() == 0U);
    BOOST_TEST(result.measured.answered() == 0U);
    BOOST_TEST(result.measured.refusals().count() > 0U);
    BOOST_TEST(to_table(options, result).find("\nrefused ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lies_are_found) {
    BOOST_TEST(wrong_with("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").contains("list: wrong body"));
    BOOST_TEST(wrong_with("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}").contains("list: status 500"));
    BOOST_TEST(wrong_with("nonsense\r\n\r\n").contains("connection: no HTTP response"));
    const std::string short_one = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"pushers\":[]}";
    BOOST_TEST(wrong_with(short_one, true).contains("list: no answer"));
    const std::string two = "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"pushers\":[]}";
    BOOST_TEST(wrong_with(two + two).contains("connection: a response that was not asked for"));
}

BOOST_FIXTURE_TEST_CASE(busy_polling_sends_and_ends_like_sleeping, loaded_server) {
    run_options what = options();
    what.busy_poll = true;
    const run_result result = run(what);
    BOOST_TEST(is_clean(result));
    BOOST_TEST(result.measured.latencies(request_kind::list).count() > 0U);
    BOOST_TEST(to_table(what, result).find("busy polling") != std::string::npos);
}

// What was sent has an answer by the end, or none yet; nothing gets lost between the two.
BOOST_FIXTURE_TEST_CASE(a_closed_loop_ends_with_as_many_requests_open_as_it_keeps_in_flight, loaded_server) {
    for (const std::size_t in_flight : {1U, 16U}) {
        run_options what = options();
        what.in_flight = in_flight;
        what.warm_up = std::chrono::seconds(0);  // what is sent in it counts only once it is answered
        const run_result result = run(what);
        BOOST_TEST(is_clean(result));
        // The last to have its answers in time may send its next ones after the end, which do not count.
        BOOST_TEST(result.measured.unfinished() <= what.connections * in_flight);
        BOOST_TEST(result.measured.unfinished() + in_flight >= what.connections * in_flight);
    }
}

// A server with room for more keeps no request waiting that has fallen due.
BOOST_AUTO_TEST_CASE(an_open_loop_sends_what_is_due_while_there_is_room) {
    const testing::temporary_folder folder;
    testing::write_file(folder.path() / "tokens", "token\n");
    const silent_server server;
    run_options options = options_for(server.port(), folder.path() / "tokens");
    options.connections = 1;
    options.in_flight = 1000;
    options.rate = 1000;
    (void)run_load(options);
    BOOST_TEST(server.requests() >= 20U);  // of 350; held back, two of them would be sent
}

BOOST_FIXTURE_TEST_CASE(a_process_that_is_not_there_is_told, loaded_server) {
    run_options what = options();
    what.server_pids = {std::numeric_limits<pid_t>::max()};
    BOOST_CHECK_THROW((void)run(what), run_failed);
}

BOOST_AUTO_TEST_CASE(without_a_server_nothing_is_right) {
    const testing::temporary_folder folder;
    testing::write_file(folder.path() / "tokens", "token\n");
    const run_result result = run_load(options_for(1, folder.path() / "tokens"));
    BOOST_TEST(!is_clean(result));
    BOOST_TEST(result.measured.answered() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
