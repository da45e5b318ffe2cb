// What is kept in mind of sessions that have ended, for those whom a validator vouches for.

#include "persistence/registry/session_end_log.hpp"

#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pusherd::persistence {
namespace {

constexpr kept_session_ends an_hour = std::chrono::hours{1};

struct log_of_ends : testing::scratch_database {
    void end(const domain::session_end& what, kept_session_ends keep = an_hour) {
        write_txn txn(db().env());
        if (record_session_end(txn, db().all(), what, keep)) txn.commit();
    }

    domain::identity vouched_for(const std::string& user_id, const std::string& device_id, const std::string& token) {
        return {.user_id = user_id,
                .device_id = device_id,
                .who = domain::role::user,
                .token = sha256(token),
                .snapshot = testing::last_transaction(db()),
                .by = domain::voucher::validator};
    }

    bool has_ended(const domain::identity& who, std::uint64_t known_in = 0) {
        return snapshot_reader(db().env())(
            [&](const read_txn& txn) { return persistence::has_ended(txn, db().all(), who, known_in); });
    }

    std::uint64_t kept() {
        return snapshot_reader(db().env())([&](const read_txn& txn) { return txn.count(db().all().session_ends); });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_end_log, log_of_ends)

BOOST_AUTO_TEST_CASE(an_end_concerns_the_sessions_that_it_names) {
    const auto phone = vouched_for("@alice:h", "PHONE", "p");
    const auto web = vouched_for("@alice:h", "WEB", "w");
    const auto none = vouched_for("@alice:h", "", "n");
    const auto bob = vouched_for("@bob:h", "PHONE", "b");
    end({"@alice:h", "PHONE", ""});
    BOOST_TEST(has_ended(phone));
    BOOST_TEST(!has_ended(web));
    BOOST_TEST(!has_ended(none));
    end({"@alice:h", "", "n"});
    BOOST_TEST(has_ended(none));
    BOOST_TEST(!has_ended(web));
    end({"@alice:h", "", ""});
    BOOST_TEST(has_ended(web));
    BOOST_TEST(!has_ended(bob));
}

BOOST_AUTO_TEST_CASE(a_session_that_was_asked_about_later_is_another) {
    end({"@alice:h", "PHONE", ""});
    end({"@alice:h", "", ""});
    BOOST_TEST(!has_ended(vouched_for("@alice:h", "PHONE", "new")));
}

BOOST_AUTO_TEST_CASE(a_token_that_was_named_stays_ended_whoever_vouches_for_it) {
    end({"@alice:h", "", "named"});
    BOOST_TEST(has_ended(vouched_for("@alice:h", "PHONE", "named")));
    BOOST_TEST(!has_ended(vouched_for("@alice:h", "PHONE", "another")));
    // Somebody else's word on it is worth nothing.
    BOOST_TEST(!has_ended(vouched_for("@bob:h", "PHONE", "named")));
}

domain::session_end others_than(std::vector<std::string> devices) {
    return {.user_id = "@alice:h", .device_id = {}, .access_token = {}, .remaining_devices = std::move(devices)};
}

BOOST_AUTO_TEST_CASE(an_end_of_all_devices_but_some_concerns_no_session_without_one) {
    const auto phone = vouched_for("@alice:h", "PHONE", "p");
    const auto tablet = vouched_for("@alice:h", "TABLET", "t");
    const auto web = vouched_for("@alice:h", "WEB", "w");
    const auto none = vouched_for("@alice:h", "", "n");
    const auto bob = vouched_for("@bob:h", "PHONE", "b");
    end(others_than({"WEB", "TABLET", "PHONE", std::string(255, 'D')}));
    BOOST_TEST(!has_ended(phone));
    end(others_than({"WEB", "PHON", "PHONES", std::string(255, 'D'), "TABLET"}));
    BOOST_TEST(has_ended(phone));
    BOOST_TEST(!has_ended(tablet));
    BOOST_TEST(!has_ended(web));
    end(others_than({}));
    BOOST_TEST(has_ended(web));
    BOOST_TEST(has_ended(tablet));
    BOOST_TEST(!has_ended(none));
    BOOST_TEST(!has_ended(bob));
    BOOST_TEST(!has_ended(vouched_for("@alice:h", "PHONE", "new")));
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(an_end_can_be_told_with_as_many_devices_as_a_body_has) {
    std::vector<std::string> devices;
    for (int i = 0; i < 10'000; ++i) devices.push_back("D" + std::to_string(i));
    const auto first = vouched_for("@alice:h", "D0", "1");
    const auto last = vouched_for("@alice:h", "D9999", "2");
    const auto other = vouched_for("@alice:h", "D10000", "3");
    end(others_than(devices));
    BOOST_TEST(!has_ended(first));
    BOOST_TEST(!has_ended(last));
    BOOST_TEST(has_ended(other));
}

BOOST_AUTO_TEST_CASE(what_is_known_not_to_have_ended_is_not_searched_again) {
    const auto phone = vouched_for("@alice:h", "PHONE", "p");
    end({"@alice:h", "PHONE", ""});
    const auto then = testing::last_transaction(db());
    end({"@bob:h", "", ""});
    BOOST_TEST(has_ended(phone, then - 1));
    BOOST_TEST(!has_ended(phone, then));
}

BOOST_AUTO_TEST_CASE(without_validators_nothing_is_recorded) {
    end({"@alice:h", "PHONE", ""}, kept_session_ends{0});
    BOOST_TEST(kept() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_of_no_interest_any_more_goes_with_the_next) {
    constexpr kept_session_ends a_moment = std::chrono::milliseconds{1};
    for (int i = 0; i < 40; ++i) end({"@u" + std::to_string(i) + ":h", "", ""});
    BOOST_TEST(kept() == 40U);
    std::this_thread::sleep_for(10 * a_moment);
    for (const std::uint64_t left : {25U, 10U, 1U, 1U}) {
        std::this_thread::sleep_for(10 * a_moment);
        end({"@alice:h", "", ""}, a_moment);
        BOOST_TEST(kept() == left);
    }
}

BOOST_AUTO_TEST_CASE(what_was_told_before_the_machine_started_goes_as_well) {
    {
        write_txn txn(db().env());
        const session_end_record later{.told = std::int64_t{1} << 60, .user_id = "@alice:h", .device_id = ""};
        txn.put(db().all().session_ends, session_end_key{1}, later.encode());
        txn.commit();
    }
    end({"@bob:h", "", ""});
    BOOST_TEST(kept() == 1U);
}

BOOST_AUTO_TEST_CASE(ends_of_one_transaction_are_told_apart_and_the_same_is_one) {
    {
        write_txn txn(db().env());
        for (const char* device : {"PHONE", "WEB", "PHONE"})
            (void)record_session_end(txn, db().all(), {"@alice:h", device, ""}, an_hour);
        (void)record_session_end(txn, db().all(), {"@alice:h", "", "token"}, an_hour);
        for (const char* device : {"PHONE", "WEB", "PHONE"})
            (void)record_session_end(txn, db().all(), others_than({device}), an_hour);
        txn.commit();
    }
    BOOST_TEST(kept() == 5U);
}

BOOST_AUTO_TEST_CASE(verify_finds_a_record_that_is_none) {
    end({"@alice:h", "PHONE", ""});
    BOOST_TEST(testing::faults_of(db()).empty());
    {
        write_txn txn(db().env());
        txn.put(db().all().session_ends, session_end_key{7}, "no record");
        std::string cut_short =
            session_end_record{.user_id = "@a:h", .device_id = "", .remaining_devices = ""}.encode();
        cut_short += "\5WEB";  // of five bytes, it says
        txn.put(db().all().session_ends, session_end_key{8}, cut_short);
        txn.commit();
    }
    const auto faults = testing::faults_of(db());
    BOOST_REQUIRE(faults.size() == 2U);
    for (const std::string& each : faults) BOOST_TEST(each.starts_with("session_ends "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
