// POST /_pusherd/v1/notify, over the wire: what a homeserver hands over waits for its pushers, on disk.

#include "persistence/registry/poke_queue.hpp"
#include "persistence/registry/queue_writer.hpp"
#include "persistence/registry/statistics.hpp"
#include "tests/net/wire.hpp"

#include <string>
#include <string_view>

namespace pusherd::testing {
namespace {

const std::string path = "/_pusherd/v1/notify";
const std::string alice = "@alice:example.org";
const std::string app = "org.example.app";

std::string item(const std::string& notification, const std::string& user = alice) {
    return R"({"user_id":")" + user + R"(","notification":)" + notification + '}';
}

std::string event(const std::string& id) { return R"({"event_id":")" + id + "\"}"; }

std::string batch(const std::string& items) { return R"({"notifications":[)" + items + "]}"; }

struct notified_server : running_server {
    http_client homeserver = client_as(domain::role::service, "homeserver");
    http_client phone = client(token(alice, "PHONE"));

    notified_server() {
        for (const char* key : {"phone", "tablet"}) BOOST_TEST(phone.set(pusher_body(app, key)).status == 200);
        BOOST_TEST(client_of("@bob:example.org").set(pusher_body(app, "bob's")).status == 200);
    }

    std::string tell(const std::string& body) {
        const answer got = homeserver.post(path, body);
        return got.status == 200 ? got.body : verdict(got) + ": " + got.error();
    }

    std::uint64_t waiting() { return persistence::count_waiting_pokes(db()).pokes; }

    // What waits for a pusher of Alice's, each followed by a space.
    std::string queue(const std::string& pushkey) {
        const auto key = persistence::queue_of(alice, persistence::digest_of(domain::pusher_key{app, pushkey}));
        std::string all;
        persistence::snapshot_reader(db().env())([&](const persistence::read_txn& txn) {
            txn.scan(db().all().pokes, persistence::pokes_of(key.pusher),
                     [&](std::string_view, std::string_view bytes) {
                         all.append(persistence::poke_record::decode(bytes).source).append(" ");
                         return true;
                     });
        });
        return all;
    }

    void check_nothing_waits() { BOOST_TEST(waiting() == 0U); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(notifications_handed_over, notified_server)

BOOST_AUTO_TEST_CASE(one_waits_for_each_pusher_of_its_user) {
    BOOST_TEST(tell(item(event("$1"))) == R"({"queued":2})");
    BOOST_TEST(queue("phone") == R"({"event_id":"$1"} )");
    BOOST_TEST(queue("tablet") == R"({"event_id":"$1"} )");
    BOOST_TEST(waiting() == 2U);
}

BOOST_AUTO_TEST_CASE(several_wait_in_their_order) {
    const std::string bobs = item(event("$2"), "@bob:example.org");
    BOOST_TEST(tell(batch(item(event("$1")) + ',' + bobs + ',' + item(event("$2")))) == R"({"queued":5})");
    BOOST_TEST(queue("phone") == R"({"event_id":"$1"} {"event_id":"$2"} )");
}

BOOST_AUTO_TEST_CASE(all_of_a_request_is_one_transaction) {
    const auto last = persistence::snapshot_reader(db().env())([](const auto& txn) { return txn.id(); });
    std::string many = item(event("$0"));
    for (int i = 1; i < 1000; ++i) many += ',' + item(event('$' + std::to_string(i)));
    BOOST_TEST(tell(batch(many)) == R"({"queued":2000})");
    BOOST_TEST(waiting() == 2 * persistence::most_waiting);
    BOOST_TEST(queue("phone").starts_with(R"({"event_id":"$900"} )"));
    // Nothing is written for what nobody is told of.
    BOOST_TEST(tell(batch(many)) == R"({"queued":0})");
    BOOST_TEST(persistence::snapshot_reader(db().env())([](const auto& txn) { return txn.id(); }) == last + 1);
}

BOOST_AUTO_TEST_CASE(keys_pass_on_as_they_are_given) {
    BOOST_TEST(tell(R"({"user_id":"@alice:example.org","tweaks":{"sound":"x","highlight":false},"notification":)"
                    R"({"event_id":"$1","prio":"low","counts":{"unread":0,"missed_calls":null},"room_name":null,)"
                    R"("devices":[],"org.example":{"b":1.50,"a":null},"content":{"body":"\u0041"}}})") ==
               R"({"queued":2})");
    BOOST_TEST(queue("phone") == R"({"event_id":"$1","prio":"low","counts":{"unread":0},)"
                                 R"("org.example":{"b":1.50,"a":null},"content":{"body":"\u0041"}} )");
}

BOOST_AUTO_TEST_CASE(who_is_not_known_and_who_has_sent_it_is_not_told) {
    BOOST_TEST(tell(item(event("$1"), "@nobody:example.org")) == R"({"queued":0})");
    BOOST_TEST(tell(item(R"({"event_id":"$1","sender":"@alice:example.org"})")) == R"({"queued":0})");
    check_nothing_waits();
    BOOST_TEST(tell(item(R"({"event_id":"$1","sender":"@bob:example.org"})")) == R"({"queued":2})");
}

BOOST_AUTO_TEST_CASE(an_event_waits_once_and_counts_replace_each_other) {
    BOOST_TEST(tell(batch(item(event("$1")) + ',' + item(event("$1")))) == R"({"queued":2})");
    BOOST_TEST(tell(item(event("$1"))) == R"({"queued":0})");
    BOOST_TEST(tell(item(R"({"counts":{"unread":1}})")) == R"({"queued":2})");
    BOOST_TEST(tell(item(R"({"counts":{"unread":0}})")) == R"({"queued":2})");
    BOOST_TEST(queue("phone") == R"({"event_id":"$1"} {"counts":{"unread":0}} )");
}

BOOST_AUTO_TEST_CASE(of_a_faulty_item_the_index_is_told_and_nothing_waits) {
    const std::string good = item(event("$1"));
    const auto refused = [&](const std::string& bad) { return tell(batch(good + ',' + good + ',' + bad)); };
    const std::string invalid = "400 M_INVALID_PARAM: 'notifications[2]";
    BOOST_TEST(refused("1") == invalid + "' must be an object");
    BOOST_TEST(refused(item(event("$1"), "alice")) == invalid + ".user_id' must be @localpart:domain");
    BOOST_TEST(refused(item("[]")) == invalid + ".notification' must be an object");
    BOOST_TEST(refused(item(R"({"event_id":1})")) == invalid + ".notification.event_id' must be a string");
    BOOST_TEST(refused("{}") ==
               "400 M_MISSING_PARAM: Missing parameters: notifications[2].user_id, notifications[2].notification");
    BOOST_TEST(refused(R"({"user_id":"@a:h","user_id":"@b:h","notification":{}})").starts_with("400 M_BAD_JSON"));
    check_nothing_waits();
}

BOOST_AUTO_TEST_CASE(of_what_has_another_type_the_field_is_told) {
    const std::string invalid = "400 M_INVALID_PARAM: '";
    for (const std::string name :
         {"event_id", "room_id", "type", "sender", "sender_display_name", "room_name", "room_alias"})
        BOOST_TEST(tell(item(R"({"counts":{},")" + name + "\":7}")) ==
                   invalid + "notification." + name + "' must be a string");
    for (const auto& [member, text] : {std::pair{R"("content":[])", "content' must be an object"},
                                       {R"("prio":"medium")", "prio' must be high or low"},
                                       {R"("user_is_target":1)", "user_is_target' must be a boolean"},
                                       {R"("counts":1)", "counts' must be an object"},
                                       {R"("counts":{"unread":-1})", "counts.unread' must be a non-negative integer"},
                                       {R"("counts":{"unread":1.5})", "counts.unread' must be a non-negative integer"}})
        BOOST_TEST(tell(item(std::string(R"({"event_id":"$1",)") + member + '}')) == invalid + "notification." + text);
    const auto with_tweaks = [&](const std::string& tweaks) {
        return tell(R"({"user_id":"@alice:example.org","notification":{"event_id":"$1"},"tweaks":)" + tweaks + '}');
    };
    BOOST_TEST(with_tweaks("[]") == invalid + "tweaks' must be an object");
    BOOST_TEST(with_tweaks(R"({"sound":true})") == invalid + "tweaks.sound' must be a string");
    check_nothing_waits();
    BOOST_TEST(with_tweaks(R"({"sound":null})") == R"({"queued":2})");
}

BOOST_AUTO_TEST_CASE(a_body_that_is_none_is_refused) {
    BOOST_TEST(tell("").starts_with("400 M_NOT_JSON"));
    BOOST_TEST(tell("[]").starts_with("400 M_BAD_JSON"));
    BOOST_TEST(tell("{}").starts_with("400 M_MISSING_PARAM"));
    BOOST_TEST(tell(batch("")).starts_with("400 M_INVALID_PARAM"));
    BOOST_TEST(tell(R"({"notifications":7})").starts_with("400 M_INVALID_PARAM"));
    std::string many = item(event("$0"));
    for (int i = 1; i <= 1000; ++i) many += ',' + item(event('$' + std::to_string(i)));
    BOOST_TEST(tell(batch(many)).starts_with("400 M_INVALID_PARAM"));
    check_nothing_waits();
    BOOST_TEST(verdict(homeserver.get(path)) == "405 M_UNRECOGNIZED");
}

BOOST_AUTO_TEST_CASE(a_service_alone_may_hand_over) {
    const std::string body = item(event("$1"));
    BOOST_TEST(verdict(phone.post(path, body)) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(client_as(domain::role::admin, "@root:example.org").post(path, body)) == "403 M_FORBIDDEN");
    BOOST_TEST(verdict(client("unknown").post(path, body)) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(client().post(path, body)) == "401 M_MISSING_TOKEN");
    check_nothing_waits();
}

BOOST_AUTO_TEST_CASE(what_waits_goes_with_its_pusher) {
    BOOST_TEST(tell(item(event("$1"))) == R"({"queued":2})");
    BOOST_TEST(phone.set(removal_body(app, "phone")).status == 200);
    BOOST_TEST(waiting() == 1U);
    BOOST_TEST(client_of("@bob:example.org").set(pusher_body(app, "tablet")).status == 200);
    check_nothing_waits();
}

BOOST_AUTO_TEST_CASE(what_waits_is_there_after_a_restart) {
    BOOST_TEST(tell(item(event("$1"))) == R"({"queued":2})");
    restart();
    BOOST_TEST(queue("phone") == R"({"event_id":"$1"} )");
    http_client again = client_as(domain::role::service, "homeserver");
    BOOST_TEST(again.post(path, item(event("$1"))).body == R"({"queued":0})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
