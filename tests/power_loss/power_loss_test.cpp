// The power goes at any moment: what pusherd has answered is there when it comes back, all else whole or absent.
//
// The real binary runs with a recorder in it (recorder/recorder.cpp). From its log come the images that a disk may hold
// after a loss of power; each is opened by the real code and compared with what the clients know.

#include "tests/power_loss/apart.hpp"
#include "tests/power_loss/crash_plan.hpp"
#include "tests/power_loss/recorded_server.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace pusherd::power_loss {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t images_by_default = 1000;

std::size_t images_wanted() {
    const char* const wanted = std::getenv("PUSHERD_TORTURE_IMAGES");
    return wanted == nullptr ? images_by_default : std::strtoul(wanted, nullptr, 10);
}

std::uint32_t seed() {
    const char* const wanted = std::getenv("PUSHERD_TORTURE_SEED");
    return wanted == nullptr ? std::random_device{}() : static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10));
}

/// What came of many crashes.
struct outcome {
    std::size_t images = 0;
    std::size_t distinct = 0;
    std::vector<std::string> faults;
};

std::string describe(const crash& what, const std::string& fault) {
    return "before step " + std::to_string(what.before_step) + ", at position " + std::to_string(what.position) +
           ", loss " + std::to_string(static_cast<int>(what.how.came)) + (what.how.by_sector ? " by sector" : "") +
           ", seed " + std::to_string(what.how.seed) + ": " + fault;
}

// The disk holds whatever of LMDB's lock file, which it writes through a mapping.
void scribble(image& what, std::uint32_t seed) {
    for (auto& [path, bytes] : what)
        if (path.ends_with("/lock.mdb") && seed % 2 == 0) {
            std::minstd_rand random(seed + 1);
            std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random() >> 8U); });
        }
}

std::size_t distinct_images(const std::vector<step>& steps, const std::vector<crash>& crashes, std::uint64_t root) {
    std::set<std::size_t> hashes;
    replay going(steps, root);
    for (const crash& each : crashes) {
        std::size_t hash = 0;
        for (const auto& [path, bytes] : going.advance_to(each.before_step).after(each.how))
            hash = (hash * 31 + std::hash<std::string>{}(path)) * 31 + std::hash<std::string>{}(bytes);
        hashes.insert(hash);
    }
    return hashes.size();
}

outcome lose_power(recorded_server& server, const std::vector<event>& events, std::size_t images) {
    const std::uint64_t root = server.recorded().folder_inode();
    const auto steps = steps_of(events);
    const auto crashes = plan_crashes(steps, root, images, seed());
    const promises& promised = server.promised();
    const testing::temporary_folder temporary;
    replay going(steps, root);
    const auto found = faults_apart(crashes.size(), [&](std::size_t i) {
        const fs::path folder = temporary.path() / "image";
        fs::remove_all(folder);
        fs::create_directory(folder);
        image what = going.advance_to(crashes[i].before_step).after(crashes[i].how);
        scribble(what, crashes[i].how.seed);
        write_image(what, folder);
        return fault_in(recorded_server::data_below(folder), promised, crashes[i].position);
    });
    outcome all{crashes.size(), distinct_images(steps, crashes, root), {}};
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!found[i].empty()) all.faults.push_back(describe(crashes[i], found[i]));
    return all;
}

void expect_no_fault(const outcome& came) {
    BOOST_TEST_MESSAGE(came.images << " images, " << came.distinct << " of them different, " << came.faults.size()
                                   << " bad");
    BOOST_TEST(came.faults.empty(), came.faults.size() << " of " << came.images << " images are bad, such as: "
                                                       << (came.faults.empty() ? "" : came.faults.front()));
}

// Images are many and small, and none is to last.
struct in_memory {
    in_memory() {
        if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 1);
    }
};
BOOST_TEST_GLOBAL_CONFIGURATION(in_memory);

/// Created, filled, killed, started again, filled, stopped.
void live(recorded_server& server, unsigned sets) {
    BOOST_TEST_REQUIRE(server.start());
    server.import_tokens();
    server.let_users_set(sets);
    server.kill();
    BOOST_TEST_REQUIRE(server.start());
    server.let_users_set(sets);
    server.stop();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loss_of_power)

BOOST_AUTO_TEST_CASE(whatever_the_disk_holds_then_every_answered_set_is_there_and_every_other_whole_or_absent) {
    recorded_server server(6);
    live(server, images_wanted() > images_by_default ? 120 : 25);
    BOOST_TEST_REQUIRE(server.log_tells_all());
    const std::vector<told_event>& told = server.promised().told;
    BOOST_TEST_REQUIRE(!told.empty());
    BOOST_TEST((told.back().answered.tick != testing::never.tick));
    expect_no_fault(lose_power(server, server.recorded().events(), images_wanted()));
}

BOOST_AUTO_TEST_CASE(without_syncs_as_by_mdb_nosync_sets_are_lost_and_the_checker_finds_it) {
    recorded_server server(4);
    live(server, 20);
    const outcome came = lose_power(server, without_syncs(server.recorded().events()), 100);
    BOOST_TEST_MESSAGE(came.faults.size() << " of " << came.images << " images without syncs are bad");
    BOOST_TEST(came.faults.size() > came.images / 10);
}

BOOST_AUTO_TEST_CASE(killed_at_any_call_of_the_creation_and_started_again_it_keeps_what_it_answers) {
    for (unsigned call = 1;; ++call) BOOST_TEST_CONTEXT("killed at call " << call) {
            recorded_server server(2);
            if (server.start(die_variable, call)) {
                BOOST_TEST(call > 10U);
                return;
            }
            BOOST_TEST_REQUIRE(server.start());
            server.import_tokens();
            server.let_users_set(3);
            server.stop();
            BOOST_TEST(server.log_tells_all());
            expect_no_fault(lose_power(server, server.recorded().events(), images_wanted() / 20));
        }
}

// A disk that says EIO and has written nevertheless: LMDB then puts the old meta page back, in the system's cache
// alone, and the process exits to be restarted. What that page names is overwritten by the next commit.
BOOST_AUTO_TEST_CASE(a_meta_page_that_came_to_the_disk_although_its_write_failed_harms_nothing_after_the_restart) {
    recorded_server server(4);
    BOOST_TEST_REQUIRE(server.start(fail_variable, 12));
    server.import_tokens();
    server.let_users_set(30);
    BOOST_TEST(server.wait_for_end() == 1);
    BOOST_TEST_REQUIRE(server.start());
    server.let_users_set(5);
    server.stop();
    expect_no_fault(lose_power(server, server.recorded().events(), images_wanted() / 4));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::power_loss
