// What a process that was killed had noted as delivered, and what becomes of it in the next one.

#include "tests/net/pokes/delivering.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

namespace pusherd::net {

using testing::comes_true;
using testing::test_gateway;

BOOST_FIXTURE_TEST_SUITE(deliveries_that_were_noted, delivering)

BOOST_AUTO_TEST_CASE(what_was_delivered_by_a_process_that_was_killed_then_is_not_sent_again) {
    test_gateway gateway;
    set_at(gateway.url());
    set_at(gateway.url(), "tablet");
    tell("$1");
    tell("$2");
    BOOST_TEST(pokes().begin_delivering());
    auto result = testing::result_of(oldest().front(), domain::poke_result::what::delivered, testing::noon + 5);
    BOOST_TEST(pokes().note_delivered(result).has_value());
    result.number = 1;  // there is none
    BOOST_TEST(pokes().note_delivered(result).has_value());
    pokes().end_delivering();
    begin();
    BOOST_TEST(is_sent(2));
    BOOST_TEST(comes_true([&] { return health_of("tablet").sent == 2U; }));
    std::size_t devices = 0;
    for (const auto& each : gateway.requests()) {
        const bool has_phone = each.body.find("\"phone\"") != std::string::npos;
        BOOST_TEST((!has_phone || each.body.find("$2") != std::string::npos), each.body);
        devices += (has_phone ? 1U : 0U) + (each.body.find("\"tablet\"") != std::string::npos ? 1U : 0U);
    }
    BOOST_TEST(devices == 3U);
}

BOOST_AUTO_TEST_CASE(a_note_of_what_cannot_be_read_holds_up_nobody) {
    test_gateway gateway;
    set_at(gateway.url());
    tell("$1");
    BOOST_TEST(pokes().begin_delivering());
    auto result = testing::result_of(oldest().front(), domain::poke_result::what::delivered);
    result.queue = {};
    result.number = 1;
    BOOST_TEST(pokes().note_delivered(result).has_value());
    pokes().end_delivering();
    {
        persistence::write_txn txn(db().env());
        txn.put(db().all().queues, persistence::queue_key{}, "what is this?");
        txn.put(db().all().pokes, persistence::poke_key{{}, 1}, "and this?");
        txn.commit();
    }
    begin();
    BOOST_TEST(is_sent());
    BOOST_TEST_REQUIRE(gateway.requests().size() == 1U);
    BOOST_TEST(gateway.requests()[0].body.find("$1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
