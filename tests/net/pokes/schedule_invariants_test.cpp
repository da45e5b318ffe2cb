// A schedule that is told anything, in any order: nobody has two turns at once, no bound is passed, nobody is lost.

#include "net/pokes/schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace pusherd::net {
namespace {

using namespace std::chrono_literals;

constexpr unsigned pushers = 60;
constexpr unsigned gateways = 12;
constexpr poke_schedule::limits limits{.of_a_gateway = 3, .in_all = 10, .known = 40, .known_of_a_gateway = 10};

/// Does at random what poke_delivery does, and keeps in mind what must hold.
class random_run {
public:
    explicit random_run(unsigned seed) : random_(seed) {}

    void step() {
        now_ += std::chrono::milliseconds(below(400));
        switch (below(10)) {
            case 0:
            case 1: add(); break;
            case 2: (void)schedule_.add_more(id(below(pushers)), below(4) == 0); break;
            case 3: schedule_.wake(now_); break;
            case 4: answer_for_any(); break;
            case 5:
            case 6: settle_some(); break;
            default: take(); break;
        }
        check();
    }

    // Nothing fails any more, and whatever waits must come.
    void end_well() {
        for (int i = 0; i < 10'000 && schedule_.size() != 0; ++i) {
            now_ += 1s;
            schedule_.wake(now_);
            take();
            while (!under_way_.empty()) settle(*under_way_.begin(), true, false);
        }
        BOOST_TEST(schedule_.size() == 0U);
        BOOST_TEST(schedule_.busy() == 0U);
    }

private:
    unsigned below(unsigned end) { return std::uniform_int_distribution<unsigned>(0, end - 1)(random_); }
    static domain::queue_id id(unsigned number) {
        domain::queue_id made{};
        made[0] = static_cast<unsigned char>(number);
        made[8] = static_cast<unsigned char>(number * 37);
        return made;
    }
    static std::string name(unsigned number) { return "https://" + std::to_string(number); }

    void add() {
        const unsigned number = below(pushers);
        if (!schedule_.knows(id(number))) (void)schedule_.add(id(number), name(below(gateways)));
    }

    void take() {
        while (const auto next = schedule_.take(now_)) {
            BOOST_TEST_REQUIRE(under_way_.insert(*next).second);
            if (below(20) == 0) {
                under_way_.erase(*next);
                schedule_.move(*next, name(below(gateways)));
                continue;
            }
            with_place_.insert(*next);
            const auto other = id(below(pushers));
            if (below(3) == 0 && schedule_.take_along(other, *next))
                BOOST_TEST_REQUIRE(under_way_.insert(other).second);
            check();
        }
    }

    void answer_for_any() {
        if (below(2) == 0)
            (void)schedule_.gateway_answered(name(below(gateways)), 0s, now_);
        else
            (void)schedule_.gateway_failed(name(below(gateways)), std::chrono::seconds(below(5)), now_);
    }

    void settle_some() {
        for (unsigned i = below(4); i > 0 && !under_way_.empty(); --i) {
            auto which = under_way_.begin();
            std::advance(which, below(static_cast<unsigned>(under_way_.size())));
            if (below(4) == 0)
                free_place(*which);
            else
                settle(*which, below(3) != 0, below(2) == 0);
        }
    }

    void free_place(domain::queue_id which) {
        schedule_.free_place(which);
        with_place_.erase(which);
    }

    void settle(domain::queue_id which, bool is_well, bool has_more) {
        const std::string gateway = schedule_.gateway_of(which);
        if (is_well && below(2) == 0) (void)schedule_.gateway_answered(gateway, 0s, now_);
        if (!is_well && below(2) == 0) (void)schedule_.gateway_failed(gateway, 0s, now_);
        free_place(which);
        under_way_.erase(which);
        if (is_well)
            schedule_.done(which, has_more);
        else
            schedule_.failed(which, std::chrono::seconds(below(100)), now_);
    }

    void check() {
        BOOST_TEST_REQUIRE(schedule_.busy() == with_place_.size());
        BOOST_TEST_REQUIRE(schedule_.busy() <= limits.in_all);
        BOOST_TEST_REQUIRE(schedule_.size() <= limits.known);
        std::map<std::string, std::size_t> of_gateway;
        for (const auto& each : with_place_) ++of_gateway[schedule_.gateway_of(each)];
        for (const auto& [gateway, count] : of_gateway) BOOST_TEST_REQUIRE(count <= limits.of_a_gateway);
        for (const auto& each : under_way_) BOOST_TEST_REQUIRE(schedule_.knows(each));
    }

    std::minstd_rand random_;
    clock::time_point now_{1000h};
    poke_schedule schedule_{limits};
    std::set<domain::queue_id> under_way_;
    std::set<domain::queue_id> with_place_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(poke_schedules_at_random)

BOOST_AUTO_TEST_CASE(whatever_comes_nobody_has_two_turns_no_bound_is_passed_and_nobody_is_lost) {
    for (unsigned seed = 1; seed <= 50; ++seed) BOOST_TEST_CONTEXT("seed " << seed) {
            random_run run(seed);
            for (int i = 0; i < 2000; ++i) run.step();
            run.end_well();
        }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
