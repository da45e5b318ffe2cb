// The workspaces that no connection uses.

#include "net/bounds.hpp"
#include "net/server/workspace.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace pusherd::net {
namespace {

using workspaces = std::vector<std::unique_ptr<workspace>>;

workspaces take(workspace_pool& pool, std::size_t count) {
    workspaces taken;
    while (taken.size() < count) taken.push_back(pool.take());
    return taken;
}

struct pool_after_a_crowd {
    static constexpr std::size_t crowd = 1000;

    pool_after_a_crowd() {
        for (auto& each : take(pool, crowd)) pool.give_back(std::move(each));
        pool.trim();  // begins to look who wants one
    }

    workspace_pool pool;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(workspace_pools)

BOOST_AUTO_TEST_CASE(one_is_there_from_the_start_and_more_are_made) {
    workspace_pool pool;
    BOOST_TEST(pool.size() == 1U);
    const workspaces two = take(pool, 2);
    BOOST_TEST((two[0] && two[1] && two[0] != two[1]));
    BOOST_TEST(pool.size() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_given_back_is_used_again_and_tells_nothing_of_its_last_request) {
    workspace_pool pool;
    auto work = pool.take();
    const workspace* const same = work.get();
    const std::string head = "GET / HTTP/1.1";
    const auto room = work->input.writable();
    head.copy(room.data(), head.size());
    work->input.commit(head.size());
    work->request.asker.token = "secret";
    work->output = "answer";
    pool.give_back(std::move(work));
    work = pool.take();
    BOOST_TEST((work.get() == same));
    BOOST_TEST(work->input.empty());
    BOOST_TEST(std::string(work->input.writable().data(), head.size()) == std::string(head.size(), '\0'));
    BOOST_TEST(work->request.asker.token == "");
    BOOST_TEST(work->output == "");
}

BOOST_FIXTURE_TEST_CASE(most_of_what_nobody_wants_goes_each_time_and_a_few_stay, pool_after_a_crowd) {
    BOOST_TEST(pool.size() == crowd);
    pool.trim();
    BOOST_TEST(pool.size() == crowd / 4);
    for (int i = 0; i < 10; ++i) pool.trim();
    BOOST_TEST(pool.size() == bounds::spare_workspaces);
}

BOOST_FIXTURE_TEST_CASE(what_is_wanted_from_time_to_time_stays, pool_after_a_crowd) {
    for (int i = 0; i < 20; ++i) {
        for (auto& each : take(pool, 800)) pool.give_back(std::move(each));
        pool.trim();
    }
    BOOST_TEST(pool.size() >= 800U);
    BOOST_TEST(pool.size() < crowd);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
