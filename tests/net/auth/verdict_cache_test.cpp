// What is remembered of validators' verdicts, for how long, and how much of it.

#include "net/auth/verdict_cache.hpp"

#include "domain/sha256.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace pusherd::net {
namespace {

using namespace std::chrono_literals;

verdict_key key_of(const std::string& token, std::uint8_t validator = 0) { return {domain::sha256(token), validator}; }

struct cache_at_noon {
    verdict_cache cache;
    clock::time_point noon{1000h};

    void put(const verdict_key& key, clock::duration fresh = 60s, clock::duration stale = 300s) {
        cache.put(key, std::make_shared<const remembered_session>(
                           domain::identity{.user_id = "@alice:h", .device_id = {}}, 0U, noon + fresh, noon + stale));
    }

    bool is_fresh(const verdict_key& key, clock::duration later = 0s) const {
        return std::holds_alternative<verdict_cache::session_ptr>(cache.find_fresh(key, noon + later));
    }

    bool is_unknown(const verdict_key& key, clock::duration later = 0s) const {
        return std::holds_alternative<remembered_unknown>(cache.find_fresh(key, noon + later));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(verdicts, cache_at_noon)

BOOST_AUTO_TEST_CASE(a_session_is_fresh_then_stale_then_gone) {
    put(key_of("t"));
    BOOST_TEST(is_fresh(key_of("t"), 59s));
    BOOST_TEST(!is_fresh(key_of("t"), 60s));
    BOOST_TEST(cache.find_stale(key_of("t"), noon + 299s) != nullptr);
    BOOST_TEST(cache.find_stale(key_of("t"), noon + 300s) == nullptr);
}

BOOST_AUTO_TEST_CASE(validators_are_told_apart) {
    put(key_of("t", 1));
    BOOST_TEST(is_fresh(key_of("t", 1)));
    BOOST_TEST(!is_fresh(key_of("t", 0)));
}

BOOST_AUTO_TEST_CASE(a_no_is_remembered_for_a_moment_and_takes_back_a_yes) {
    put(key_of("t"));
    cache.put_unknown(key_of("t"), true, noon);
    BOOST_TEST(is_unknown(key_of("t"), 4s));
    BOOST_TEST(!is_unknown(key_of("t"), 5s));
    BOOST_TEST(cache.find_stale(key_of("t"), noon) == nullptr);
    BOOST_TEST(std::get<remembered_unknown>(cache.find_fresh(key_of("t"), noon)).soft_logout);
}

BOOST_AUTO_TEST_CASE(a_yes_takes_back_a_no) {
    cache.put_unknown(key_of("t"), false, noon);
    put(key_of("t"));
    BOOST_TEST(is_fresh(key_of("t")));
}

BOOST_AUTO_TEST_CASE(what_was_taken_back_is_gone) {
    put(key_of("t"));
    cache.forget(key_of("t"));
    BOOST_TEST(cache.find_stale(key_of("t"), noon) == nullptr);
    BOOST_TEST(cache.sessions() == 0U);
}

BOOST_AUTO_TEST_CASE(who_guesses_tokens_drives_nobody_out) {
    put(key_of("known"));
    for (std::size_t i = 0; i < 2 * bounds::remembered_unknown_tokens; ++i)
        cache.put_unknown(key_of("guess" + std::to_string(i)), false, noon);
    BOOST_TEST(is_fresh(key_of("known")));
}

BOOST_AUTO_TEST_CASE(sessions_are_bounded_and_the_oldest_goes_first) {
    for (std::size_t i = 0; i < bounds::remembered_sessions + 10'000; ++i) put(key_of(std::to_string(i)));
    BOOST_TEST(cache.sessions() <= bounds::remembered_sessions);
    BOOST_TEST(!is_fresh(key_of("0")));
    BOOST_TEST(is_fresh(key_of(std::to_string(bounds::remembered_sessions + 9'999))));
}

BOOST_AUTO_TEST_CASE(what_is_of_no_use_gives_its_memory_back) {
    for (int i = 0; i < 1000; ++i) put(key_of(std::to_string(i)));
    cache.trim(noon + 299s);
    BOOST_TEST(cache.sessions() == 1000U);
    cache.trim(noon + 300s);
    BOOST_TEST(cache.sessions() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
