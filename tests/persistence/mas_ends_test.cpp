// What goes when the Matrix Authentication Service tells of devices and users, whose word needs no token.

#include "persistence/registry/session_ends.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pusherd::persistence {
namespace {

using testing::set_of;

const domain::identity mas{.user_id = "MAS", .device_id = {}, .who = domain::role::service, .by = domain::voucher::mas};

/// An end that somebody waits for.
class awaited_end final : public domain::session_end_request {
public:
    awaited_end(const domain::identity& by, domain::session_end ended)
        : session_end_request(by, ended_, 1), ended_(std::move(ended)) {}

    void on_done() noexcept override {
        const auto done = done_;  // see testing::awaited_set
        done->set_value();
    }

    void wait() { done_->get_future().wait(); }

private:
    domain::session_end ended_;
    std::shared_ptr<std::promise<void>> done_ = std::make_shared<std::promise<void>>();
};

committer::options remembering() { return {.on_broken = {}, .keep = std::chrono::hours{1}}; }

struct alice_with_devices : testing::scratch_store {
    testing::session phone = log_in("@alice:h", "PHONE");
    testing::session web = log_in("@alice:h", "WEB");
    testing::session nowhere = log_in("@alice:h");
    testing::session bob = log_in("@bob:h", "PHONE");

    explicit alice_with_devices(committer::options settings = {}) : scratch_store(std::move(settings)) {
        (void)set(phone, set_of("phone"));
        (void)set(web, set_of("web"));
        (void)set(nowhere, set_of("nowhere"));
        (void)set(phone, set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"}));
        (void)set(bob, set_of("bobs"));
    }

    ~alice_with_devices() { BOOST_TEST(testing::faults_of(db()).empty()); }

    // How many tokens and pushers went, such as "2 tokens, 1 pushers", or why not.
    std::string end(domain::session_end what, const domain::identity& by = mas) {
        awaited_end request(by, std::move(what));
        if (!store().submit(request)) return "no room";
        request.wait();
        if (!request.answer) return request.answer.error().message;
        return std::to_string(request.answer->tokens) + " tokens, " + std::to_string(request.answer->pushers) +
               " pushers";
    }

    static domain::session_end others_than(std::vector<std::string> devices, const char* user_id = "@alice:h") {
        return {.user_id = user_id, .device_id = {}, .access_token = {}, .remaining_devices = std::move(devices)};
    }
    static domain::session_end all_of(const char* user_id) {
        return {.user_id = user_id, .device_id = {}, .access_token = {}, .user_is_gone = true};
    }

    bool is_valid(const testing::session& by) {
        return store().open_reader()->authenticate(sha256(by.token)).has_value();
    }
    std::size_t left(std::string_view user_id) { return testing::stored_pushers(db(), user_id).size(); }
    std::uint64_t transactions(const std::function<void()>& during) {
        const auto before = testing::last_transaction(db());
        during();
        return testing::last_transaction(db()) - before;
    }
};

struct remembering_alice : alice_with_devices {
    remembering_alice() : alice_with_devices(remembering()) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ends_that_mas_tells, alice_with_devices)

BOOST_AUTO_TEST_CASE(devices_that_are_not_among_those_that_remain_go_in_one_transaction) {
    BOOST_TEST(transactions([&] { BOOST_TEST(end(others_than({"WEB"})) == "1 tokens, 1 pushers"); }) == 1U);
    BOOST_TEST(!is_valid(phone));
    for (const auto* each : {&web, &nowhere, &bob}) BOOST_TEST(is_valid(*each));
    BOOST_TEST(testing::pushkeys_of(store(), web) == "web nowhere a@b ");
    BOOST_TEST(testing::pushkeys_of(store(), bob) == "bobs ");
    BOOST_TEST(transactions([&] { BOOST_TEST(end(others_than({"WEB"})) == "0 tokens, 0 pushers"); }) == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_is_known_by_a_pusher_alone_goes_as_well) {
    {
        write_txn txn(db().env());
        txn.erase(db().all().tokens, token_key{phone.who.token});
        txn.erase(db().all().sessions, session_of(phone.who.token, "@alice:h", "PHONE"));
        txn.commit();
    }
    BOOST_TEST(end(others_than({"WEB", "TABLET"})) == "0 tokens, 1 pushers");
    BOOST_TEST(testing::pushkeys_of(store(), web) == "web nowhere a@b ");
}

BOOST_AUTO_TEST_CASE(a_user_who_is_gone_leaves_nothing) {
    BOOST_TEST(transactions([&] { BOOST_TEST(end(all_of("@alice:h")) == "3 tokens, 4 pushers"); }) == 1U);
    BOOST_TEST(left("@alice:h") == 0U);
    BOOST_TEST(left("@bob:h") == 1U);
    BOOST_TEST(is_valid(bob));
    BOOST_TEST(transactions([&] { BOOST_TEST(end(all_of("@alice:h")) == "0 tokens, 0 pushers"); }) == 0U);
    BOOST_TEST(end(all_of("@nobody:h")) == "0 tokens, 0 pushers");
    BOOST_TEST(end(others_than({}, "@nobody:h")) == "0 tokens, 0 pushers");
}

BOOST_AUTO_TEST_CASE(nobody_elses_word_goes_without_a_token) {
    for (const domain::voucher by :
         {domain::voucher::store, domain::voucher::validator, domain::voucher::registration}) {
        domain::identity other = mas;
        other.by = by;
        BOOST_TEST(end(all_of("@alice:h"), other) == "The access token has been revoked.");
    }
    BOOST_TEST(left("@alice:h") == 4U);
}

BOOST_AUTO_TEST_CASE(the_log_tells_what_went) {
    (void)end(others_than({"PHONE"}));
    (void)end(others_than({"PHONE"}));
    const auto lines = log().lines();
    BOOST_TEST(std::count_if(lines.begin(), lines.end(), [](const auto& each) {
                   return each.how_much == domain::severity::info &&
                          each.message ==
                              "MAS told which devices there are of @alice:h, tokens removed: 1, pushers removed: 1";
               }) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(ends_that_mas_tells_of_sessions_elsewhere, remembering_alice)

BOOST_AUTO_TEST_CASE(each_is_in_mind_with_the_transaction_that_removes) {
    const auto elsewhere = [&](const char* device) {
        return domain::identity{.user_id = "@alice:h",
                                .device_id = device,
                                .who = domain::role::user,
                                .token = sha256(device),
                                .snapshot = testing::last_transaction(db()),
                                .by = domain::voucher::validator};
    };
    const auto is_valid_still = [&](const domain::identity& who) {
        std::uint64_t known_in = 0;
        return store().open_reader()->is_still_valid(who, known_in);
    };
    const auto watch = elsewhere("WATCH");
    const auto browser = elsewhere("WEB");
    const auto none = elsewhere("");
    BOOST_TEST(transactions([&] { (void)end(others_than({"WEB"})); }) == 1U);
    BOOST_TEST(!is_valid_still(watch));
    BOOST_TEST(is_valid_still(browser));
    BOOST_TEST(is_valid_still(none));
    BOOST_TEST(transactions([&] { (void)end(all_of("@alice:h")); }) == 1U);
    BOOST_TEST(!is_valid_still(browser));
    BOOST_TEST(!is_valid_still(none));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
