// Hostile connections against a real pusherd, beside an honest client. Nothing is timed: it is only told what must end.

#include "bench/load/hostile_run.hpp"
#include "bench/load/run.hpp"
#include "bench/load/text_report.hpp"
#include "tests/bench/seeded_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::bench {
namespace {

using namespace std::chrono_literals;

struct besieged_server : seeded_server {
    [[nodiscard]] hostile_options hostile(hostile_kind kind, std::size_t connections) const {
        hostile_options options;
        options.where = local_target(server.port());
        options.tokens = tokens;
        options.kind = kind;
        options.connections = connections;
        options.duration = 120s;  // a machine that is stuck
        return options;
    }

    [[nodiscard]] run_options honest() const {
        run_options options;
        options.where = local_target(server.port());
        options.tokens = tokens;
        options.mix = *request_mix::parse("list=6,set=2,unchanged=1,delete=1");
        options.connections = 8;
        options.warm_up = 0s;
        options.duration = 500ms;
        return options;
    }

    std::size_t open_files() {
        const auto all = std::filesystem::directory_iterator("/proc/" + std::to_string(server.process().pid()) + "/fd");
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

    // Who has come and gone before the server looked is accepted all the same, a moment later; but nobody is left to
    // be, once somebody who came behind them has been answered.
    void check_all_are_gone(std::size_t files_before) {
        BOOST_TEST(testing::http_client(server.port()).get("/health").status == 200);
        for (int i = 0; i < 1000 && open_files() > files_before; ++i) std::this_thread::sleep_for(10ms);
        BOOST_TEST(open_files() <= files_before);
    }
};

/// Hostile connections on a thread of their own, until they have had enough.
class attack {
public:
    attack(hostile_options options, hostile_watch watch) : options_(std::move(options)), watch_(std::move(watch)) {
        thread_ = std::thread([this] { counts_ = run_hostile(options_, watch_); });
    }
    ~attack() {
        if (thread_.joinable()) thread_.join();
    }
    attack(const attack&) = delete;
    attack& operator=(const attack&) = delete;

    const hostile_counts& wait() {
        if (thread_.joinable()) thread_.join();
        return counts_;
    }

private:
    hostile_options options_;
    hostile_watch watch_;
    hostile_counts counts_;
    std::thread thread_;
};

std::uint64_t answers(const hostile_counts& counts, int status) {
    const auto found = counts.answers.find(status);
    return found == counts.answers.end() ? 0 : found->second;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(kinds_have_names) {
    for (const hostile_kind kind : hostile_kinds) BOOST_TEST((hostile_kind_named(to_string(kind)) == kind));
    BOOST_TEST(!hostile_kind_named("kind").has_value());
    BOOST_TEST(!hostile_kind_named("").has_value());
}

// A few hundred of each kind at once, until those whose head never ends have been told so. Whose body never comes, and
// who never reads, has thirty seconds; what bounds these is tested without them (net/timeouts_test.cpp).
BOOST_FIXTURE_TEST_CASE(an_honest_client_is_answered_right_beside_slow_ones_which_are_ended, besieged_server) {
    constexpr std::size_t many = 150;
    const std::size_t files_before = open_files();
    std::atomic<bool> over = false;
    std::atomic<int> here = 0;
    const auto until_told = [&, there = false](const hostile_counts& so_far, bool all_are_there) mutable {
        if (all_are_there && !std::exchange(there, true)) ++here;
        return answers(so_far, 408) < many;
    };
    const auto until_over = [&, there = false](const hostile_counts&, bool all_are_there) mutable {
        if (all_are_there && !std::exchange(there, true)) ++here;
        return !over;
    };
    attack half_heads(hostile(hostile_kind::slow_head, many), until_told);
    attack dripping(hostile(hostile_kind::byte_a_second, many), until_told);
    attack bodiless(hostile(hostile_kind::slow_body, many), until_over);
    attack deaf(hostile(hostile_kind::never_read, many), until_over);
    while (here < 4) std::this_thread::sleep_for(10ms);
    // The server accepts one a turn: it may be some way behind.
    for (int i = 0; i < 500 && open_files() < files_before + 4 * many; ++i) std::this_thread::sleep_for(10ms);
    BOOST_TEST(open_files() >= files_before + 4 * many);

    std::thread wait_for_the_told([&] {
        static_cast<void>(half_heads.wait());
        static_cast<void>(dripping.wait());
        over = true;
    });
    while (!over) {
        const run_result result = run_load(honest());
        BOOST_TEST(is_clean(result), to_table(honest(), result));
    }
    wait_for_the_told.join();

    for (attack* each : {&half_heads, &dripping}) {
        const hostile_counts& counts = each->wait();
        BOOST_TEST(counts.failures.empty());
        BOOST_TEST(answers(counts, 408) >= many);
        BOOST_TEST(counts.answers.size() == 1U);  // nothing but 408
    }
    for (attack* each : {&bodiless, &deaf}) {
        const hostile_counts& counts = each->wait();
        BOOST_TEST(counts.most_open == many);
        BOOST_TEST(counts.failures.empty());
    }
    check_all_are_gone(files_before);
    BOOST_TEST(is_clean(run_load(honest())));
}

BOOST_FIXTURE_TEST_CASE(connections_that_come_and_go_harm_nobody, besieged_server) {
    const std::size_t files_before = open_files();
    auto options = hostile(hostile_kind::churn, 200);
    std::atomic<bool> over = false;
    attack crowd(options, [&](const hostile_counts& so_far, bool) { return so_far.opened < 1500 && !over; });
    const run_result result = run_load(honest());
    BOOST_TEST(is_clean(result), to_table(honest(), result));
    const hostile_counts& counts = crowd.wait();
    BOOST_TEST(counts.opened >= 1500U);
    BOOST_TEST(counts.failures.empty());
    BOOST_TEST(answers(counts, 200) > 0U);
    BOOST_TEST(counts.answers.size() == 1U);
    check_all_are_gone(files_before);
}

BOOST_FIXTURE_TEST_CASE(what_became_of_them_is_told, besieged_server) {
    const auto options = hostile(hostile_kind::churn, 10);
    const hostile_counts counts =
        run_hostile(options, [](const hostile_counts& so_far, bool) { return so_far.opened < 8; });
    const std::string text = to_text(options, counts);
    BOOST_TEST(text.find(std::to_string(counts.opened) + " opened") != std::string::npos, text);
    const auto json = boost::json::parse(to_json(options, counts));
    BOOST_TEST(json.at("kind").as_string().c_str() == std::string("churn"));
    BOOST_TEST(json.at("opened").to_number<std::uint64_t>() == counts.opened);
}

BOOST_FIXTURE_TEST_CASE(without_a_server_none_is_opened, besieged_server) {
    server.kill();
    const auto options = hostile(hostile_kind::slow_head, 3);
    const hostile_counts counts =
        run_hostile(options, [](const hostile_counts& so_far, bool) { return so_far.failures.empty(); });
    BOOST_TEST(counts.opened == 0U);
    BOOST_TEST(counts.failures.contains("Connection refused"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
