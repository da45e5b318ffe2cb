#include "bench/load/request_mix.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace pusherd::bench {
namespace {

by_kind<int> pick_often(const request_mix& mix, int times) {
    std::mt19937_64 random(1);
    by_kind<int> picked;
    for (int i = 0; i < times; ++i) ++picked[mix.pick(random)];
    return picked;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_mixes)

BOOST_AUTO_TEST_CASE(without_a_word_it_is_lists_alone) {
    BOOST_TEST(pick_often(request_mix(), 100)[request_kind::list] == 100);
}

BOOST_AUTO_TEST_CASE(each_kind_comes_as_often_as_its_weight_says) {
    const auto mix = request_mix::parse("list=60,set=20,unchanged=10,shared=5,delete=5");
    BOOST_TEST_REQUIRE(mix.has_value());
    const auto picked = pick_often(*mix, 100'000);
    BOOST_TEST(picked[request_kind::list] > 58'000);
    BOOST_TEST(picked[request_kind::list] < 62'000);
    BOOST_TEST(picked[request_kind::set] > 19'000);
    BOOST_TEST(picked[request_kind::set] < 21'000);
    BOOST_TEST(picked[request_kind::unchanged] > 9'000);
    BOOST_TEST(picked[request_kind::unchanged] < 11'000);
    BOOST_TEST(picked[request_kind::shared] > 4'500);
    BOOST_TEST(picked[request_kind::shared] < 5'500);
    BOOST_TEST(picked[request_kind::remove] > 4'500);
    BOOST_TEST(picked[request_kind::remove] < 5'500);
}

BOOST_AUTO_TEST_CASE(a_kind_of_weight_zero_never_comes) {
    const auto picked = pick_often(*request_mix::parse("set=0,list=1"), 1000);
    BOOST_TEST(picked[request_kind::set] == 0);
    BOOST_TEST(picked[request_kind::list] == 1000);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
    for (const char* text : {"", ",", "list", "list=", "list=x", "list=-1", "list=1.5", "list=1,", ",list=1", "list=0",
                             "lists=1", "list=1,list=2", "list=1;set=1", " list=1", "list=99999999999999999999"})
        BOOST_TEST(!request_mix::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
