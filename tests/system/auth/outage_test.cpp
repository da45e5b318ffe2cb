// A homeserver that is down for a while under load: nobody who was known notices, nobody is ever logged out, and all is
// well when it returns. PUSHERD_OUTAGE_SECONDS makes the while longer: a minute, say.

#include "tests/system/auth/asking_server.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

/// How often each status was answered to some kind of request.
struct tally {
    std::array<std::atomic<unsigned>, 600> times{};

    void count(const answer& got) { ++times.at(static_cast<std::size_t>(got.status)); }
    [[nodiscard]] unsigned of(std::size_t status) const { return times.at(status).load(); }
    [[nodiscard]] unsigned all() const {
        unsigned sum = 0;
        for (const auto& each : times) sum += each.load();
        return sum;
    }
};

/// Clients that never rest. Each has ten tokens that are known, and now and then one that nobody has ever seen.
class crowd {
public:
    explicit crowd(const pusherd_server& server) : server_(server) {
        for (unsigned i = 0; i < clients; ++i) threads_.emplace_back([this, i] { run(i); });
    }
    ~crowd() { stop(); }
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;

    void stop() {
        stopping_ = true;
        for (std::thread& each : threads_) each.join();
        threads_.clear();
    }

    static constexpr unsigned clients = 8;
    static constexpr unsigned tokens_each = 10;

    tally known;
    tally known_sets;
    tally unknown;
    std::atomic<unsigned> broken_connections = 0;

private:
    // A connection a client: one a request would use up the machine's ports.
    void run(unsigned client) {
        std::optional<http_connection> connection;
        const auto ask = [&](const std::string& text) {
            if (!connection) connection.emplace(server_.port());
            connection->send(text);
            answer got = connection->read_answer();
            if (got.field("connection") == "close") connection.reset();
            return got;
        };
        for (unsigned round = 0; !stopping_; ++round) try {
                const std::string number = std::to_string(client * tokens_each + round % tokens_each);
                const std::string body = pusher_body(app, number, std::to_string(round));
                known.count(ask(request("GET", list_path, "known" + number)));
                if (round % 4 == 0) known_sets.count(ask(request("POST", set_path, "known" + number, body)));
                const std::string fresh = "unknown" + std::to_string(client) + '_' + std::to_string(round);
                if (round % 8 == 0) unknown.count(ask(request("GET", list_path, fresh)));
            } catch (const std::exception&) {
                ++broken_connections;
                connection.reset();
            }
    }

    const pusherd_server& server_;
    std::atomic<bool> stopping_ = false;
    std::vector<std::thread> threads_;
};

// Twice what is remembered without a question, if nobody says otherwise.
std::chrono::seconds length_of_outage() {
    const char* const wanted = std::getenv("PUSHERD_OUTAGE_SECONDS");
    return wanted == nullptr ? 2s : std::chrono::seconds(std::stoi(wanted));
}

struct server_before_an_outage : asking_server {
    server_before_an_outage() : asking_server({"--auth-cache", "1", "--auth-stale", "120"}) {
        for (unsigned i = 0; i < crowd::clients * crowd::tokens_each; ++i) {
            const std::string number = std::to_string(i);
            homeserver.set_user("known" + number, "@user" + number + ":example.org", "PHONE");
            BOOST_TEST(verdict(list("known" + number)) == "200");
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outage, server_before_an_outage)

BOOST_AUTO_TEST_CASE(nobody_who_was_known_notices_and_nobody_is_logged_out) {
    homeserver.stop();
    crowd users(server);
    std::this_thread::sleep_for(length_of_outage());
    BOOST_TEST(comes_true([&] { return users.known.all() > 1000 && users.unknown.all() > 100; }));
    users.stop();
    BOOST_TEST_MESSAGE(users.known.of(200)
                       << " lists of known users, all 200; " << users.unknown.of(503) << " of unknown ones, all 503");
    BOOST_TEST(users.broken_connections == 0U);
    BOOST_TEST(users.known.of(200) == users.known.all());
    BOOST_TEST(users.known_sets.of(200) == users.known_sets.all());
    BOOST_TEST(users.unknown.of(503) == users.unknown.all());
    homeserver.restart();
    BOOST_TEST(comes_true([&] { return verdict(list("nobody")) == "401 M_UNKNOWN_TOKEN"; }));
    check_all_is_well();
    for (unsigned i = 0; i < crowd::clients * crowd::tokens_each; ++i)
        BOOST_TEST(verdict(list("known" + std::to_string(i))) == "200");
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

// It dies and returns in the middle of questions.
BOOST_AUTO_TEST_CASE(restarts_under_load_log_nobody_out) {
    crowd users(server);
    for (int i = 0; i < 3; ++i) {
        homeserver.stop();
        const unsigned before = users.known.all();
        BOOST_TEST(comes_true([&] { return users.known.all() > before + 200; }));
        homeserver.restart();
        BOOST_TEST(comes_true([&] { return homeserver.request_count() > 10; }));
    }
    users.stop();
    BOOST_TEST(users.broken_connections == 0U);
    BOOST_TEST(users.known.of(200) == users.known.all());
    BOOST_TEST(users.known_sets.of(200) == users.known_sets.all());
    // Of whom the homeserver says no while it is there.
    BOOST_TEST(users.unknown.of(503) + users.unknown.of(401) == users.unknown.all());
    BOOST_TEST(users.unknown.of(503) > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
