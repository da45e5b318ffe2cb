// What waits longest, for whom, and who may share its request; and who is told that something waits.

#include "tests/support/poked_store.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace pusherd::persistence {
namespace {

using testing::counts;
using testing::event;
using testing::key_of;
using testing::noon;
using testing::set_of;
using testing::set_with_data;

const std::string url = R"("url":"https://push.example.org/_matrix/push/v1/notify")";

struct reading : testing::poked_store {
    void set_at(const std::string& pushkey, const std::string& data, const std::string& app_id = "org.example.app") {
        (void)set(alice, set_with_data({app_id, pushkey}, data));
    }

    // Of those that may share the request of what waits longest for the phone, each followed by a space.
    std::string group() {
        std::string all;
        for (const auto& each : oldest()) all += each.to.key.pushkey + ' ';
        return all;
    }
};

/// Keeps what it is told.
struct keeping_listener final : domain::poke_listener {
    void on_waiting(std::span<const domain::woken_queue> queues) noexcept override {
        for (const auto& each : queues) {
            ids.insert(each.queue);
            told += each.is_changed ? "changed " : "waiting ";
        }
    }

    std::string told;  // the store is asked, and waited for, by one thread at a time
    std::set<domain::queue_id> ids;
};

/// Listens to a store for as long as it lives.
struct listening {
    explicit listening(domain::poke_store& to) : store(to) { store.tell_of_pokes(&listener); }
    ~listening() { store.tell_of_pokes(nullptr); }
    listening(const listening&) = delete;
    listening& operator=(const listening&) = delete;
    std::string take() { return std::exchange(listener.told, {}); }

    domain::poke_store& store;
    keeping_listener listener;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(poke_readers, reading)

BOOST_AUTO_TEST_CASE(what_waits_longest_comes_with_all_that_sending_it_takes) {
    const std::string data = '{' + url + R"(,"format":"event_id_only"})";
    (void)set(alice, set_with_data(key_of("phone"), data), noon - 1);
    BOOST_TEST(notify({.user_id = "@alice:h", .event_id = "$1", .source = R"({"event_id":"$1"})", .tweaks = "{}"}) ==
               1U);
    (void)notify(event("$2"));
    const auto all = oldest();
    BOOST_TEST_REQUIRE(all.size() == 1U);
    const auto& [to, number, queued, what] = all[0];
    BOOST_TEST(number != 0U);
    BOOST_TEST(queued == noon);
    BOOST_TEST(what.event_id == "$1");
    BOOST_TEST(what.source == R"({"event_id":"$1"})");
    BOOST_TEST(what.tweaks == "{}");
    BOOST_TEST(to.user_id == "@alice:h");
    BOOST_TEST(to.key.app_id == "org.example.app");
    BOOST_TEST(to.key.pushkey == "phone");
    BOOST_TEST(to.data == data);
    BOOST_TEST(to.url == "https://push.example.org/_matrix/push/v1/notify");
    BOOST_TEST(to.updated == noon - 1);
    BOOST_TEST(to.style.event_id_only);
    BOOST_TEST(to.takes_pokes);
    BOOST_TEST(!to.is_failing);
}

BOOST_AUTO_TEST_CASE(where_nothing_waits_nothing_comes) {
    set_at("phone", '{' + url + '}');
    BOOST_TEST(oldest().empty());
    BOOST_TEST(pokes().open_poke_reader()->oldest(domain::queue_id{}).empty());
}

BOOST_AUTO_TEST_CASE(a_request_is_shared_by_pushers_of_a_user_with_the_same_url_style_and_notification) {
    for (const char* pushkey : {"tablet", "phone", "watch"}) set_at(pushkey, '{' + url + '}');
    set_at("ids", '{' + url + R"(,"format":"event_id_only"})");
    set_at("quiet", '{' + url + R"(,"disable_badge_count":true})");
    set_at("elsewhere", R"({"url":"https://push.example.org/_matrix/push/v1/notify?x"})");
    set_at("phone", '{' + url + '}', "org.example.other");
    set_at("watch", '{' + url + '}', "org.example.other");
    set_at("sound", '{' + url + R"(,"default_payload":{}})");
    (void)set(alice, set_of("off", {.enabled = {.stable = false}}));
    (void)set(log_in("@bob:h"), set_of("bobs"));
    (void)notify(event("$1"));
    (void)notify(event("$1", "@bob:h"));
    BOOST_TEST(group() == "phone tablet watch sound ");
    for (const auto& each : oldest()) {
        BOOST_TEST(each.to.user_id == "@alice:h");
        BOOST_TEST(each.what.event_id == "$1");
    }
}

BOOST_AUTO_TEST_CASE(a_pusher_with_something_else_before_it_does_not_share) {
    set_at("tablet", '{' + url + '}');
    (void)notify(event("$0"));
    set_at("phone", '{' + url + '}');
    (void)notify(event("$1"));
    BOOST_TEST(group() == "phone ");
    auto of_tablet = testing::result_of(oldest("tablet").at(0), domain::poke_result::what::delivered);
    BOOST_TEST(record(of_tablet).waiting == 1U);
    BOOST_TEST(group() == "phone tablet ");
}

BOOST_AUTO_TEST_CASE(all_queues_in_which_something_waits_are_found_a_few_at_a_time) {
    const auto reader = pokes().open_poke_reader();
    std::set<domain::queue_id> expected;
    for (int i = 0; i < 10; ++i) {
        const std::string user = '@' + std::to_string(i) + ":h";
        (void)set(log_in(user), set_of("phone", {.app_id = "org." + std::to_string(i)}));
        BOOST_TEST(notify(event("$1", user)) == 1U);
        const auto id = reader->find_pusher(user, {"org." + std::to_string(i), "phone"})->queue;
        if (i % 3 != 0)
            expected.insert(id);
        else
            (void)record(testing::result_of(reader->oldest(id).at(0), domain::poke_result::what::delivered));
    }
    for (const std::size_t most : {1U, 3U, 5U, 10U, 11U}) {
        std::vector<domain::queue_id> found;
        std::optional<domain::queue_id> from;
        std::size_t calls = 0;
        do {
            const std::size_t before = found.size();
            from = reader->find_waiting(from, most, found);
            BOOST_TEST(found.size() - before <= most);
            ++calls;
        } while (from && calls < 20);
        BOOST_TEST(!from.has_value());
        BOOST_TEST(found.size() == 6U);
        BOOST_CHECK(std::set<domain::queue_id>(found.begin(), found.end()) == expected);
        BOOST_TEST(calls >= 10 / most);
    }
}

BOOST_AUTO_TEST_CASE(a_pusher_is_found_by_its_key) {
    set_at("phone", '{' + url + '}');
    (void)set(alice, set_of("a@b", {.kind = domain::pusher_kind::email, .app_id = "m.email"}));
    const auto reader = pokes().open_poke_reader();
    BOOST_TEST(reader->find_pusher("@alice:h", key_of("phone"))->takes_pokes);
    BOOST_TEST(!reader->find_pusher("@alice:h", {"m.email", "a@b"}).has_value());
    BOOST_TEST(!reader->find_pusher("@alice:h", key_of("tablet")).has_value());
    BOOST_TEST(!reader->find_pusher("@bob:h", key_of("phone")).has_value());
}

BOOST_AUTO_TEST_CASE(a_set_that_came_behind_it_is_counted) {
    set_at("phone", '{' + url + '}');
    const auto reader = pokes().open_poke_reader();
    const auto before = reader->find_pusher("@alice:h", key_of("phone"))->sets;
    set_at("phone", '{' + url + '}');
    BOOST_TEST(reader->find_pusher("@alice:h", key_of("phone"))->sets != before);
}

BOOST_AUTO_TEST_CASE(who_sends_is_told_of_what_was_queued_and_of_pushers_that_were_changed) {
    set_at("phone", '{' + url + '}');
    set_at("tablet", '{' + url + '}');
    listening to(pokes());
    (void)notify(event("$1"));
    BOOST_TEST(to.take() == "waiting waiting ");
    BOOST_TEST(to.listener.ids.contains(oldest().at(0).to.queue));
    BOOST_TEST(to.listener.ids.contains(oldest("tablet").at(0).to.queue));
    (void)notify(event("$1"));  // of which both were told
    BOOST_TEST(to.take() == "");
    set_at("phone", R"({"url":"https://other.example.org/_matrix/push/v1/notify"})");
    BOOST_TEST(to.take() == "changed ");
    set_at("phone", R"({"url":"https://other.example.org/_matrix/push/v1/notify"})");
    BOOST_TEST(to.take() == "");
    set_at("watch", '{' + url + '}');  // for which nothing ever waited
    BOOST_TEST(to.take() == "");
    pokes().tell_of_pokes(nullptr);
    (void)notify(event("$2"));
    BOOST_TEST(to.take() == "");
}

BOOST_AUTO_TEST_CASE(of_all_who_have_a_store_open_one_delivers) {
    testing::recording_logger others_log;
    lmdb_store other(db(), others_log, {});
    BOOST_TEST(pokes().begin_delivering());
    BOOST_TEST(pokes().begin_delivering());
    BOOST_TEST(!other.begin_delivering());
    pokes().end_delivering();
    BOOST_TEST(other.begin_delivering());
    BOOST_TEST(!pokes().begin_delivering());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
