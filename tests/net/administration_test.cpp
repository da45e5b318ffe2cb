// What administrators see and do, over the wire.

#include "tests/net/wire.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

const std::string find_path = "/_pusherd/v1/admin/pushers";

std::string synapse_path(const std::string& user) { return "/_synapse/admin/v1/users/" + user + "/pushers"; }

struct administered_server : running_server {
    http_client admin = client_as(domain::role::admin, "@root:example.org");

    void register_some() {
        auto phone = client(token("@alice:example.org", "PHONE"));
        auto bob = client_of("@bob:example.org");
        for (const char* key : {"1", "2", "3"})
            BOOST_TEST(phone.set(pusher_body("org.example.app", key)).status == 200);
        BOOST_TEST(bob.set(pusher_body("org.example.other", "1")).status == 200);
        BOOST_TEST(bob.set(R"({"kind":"http","app_id":"org.example.app","pushkey":"bob's","app_display_name":"A",)"
                           R"("device_display_name":"D","lang":"en","org.matrix.msc3881.enabled":false,)"
                           R"("data":{"url":"https://up.example.com:8443/_matrix/push/v1/notify"}})")
                       .status == 200);
    }

    // `@user key `… of all pages.
    std::string found(const std::string& query, int* pages = nullptr) {
        std::string out;
        std::string from;
        for (int page = 1;; ++page) {
            const answer got = admin.get(find_path + "?" + query + from);
            BOOST_TEST_REQUIRE(verdict(got) == "200");
            const auto body = got.json().as_object();
            for (const auto& each : body.at("pushers").as_array()) {
                const auto& pusher = each.as_object();
                out += std::string(pusher.at("user_id").as_string()) + ' ' +
                       std::string(pusher.at("pushkey").as_string()) + ' ';
            }
            if (pages != nullptr) *pages = page;
            if (!body.contains("next_batch")) return out;
            from = "&from=" + std::string(body.at("next_batch").as_string());
        }
    }
};

std::set<std::string> keys_of(const boost::json::value& object) {
    std::set<std::string> keys;
    for (const auto& each : object.as_object()) keys.insert(std::string(each.key()));
    return keys;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(administering, administered_server)

BOOST_AUTO_TEST_CASE(only_an_administrators_token_gets_in) {
    auto user = client_of("@alice:example.org");
    auto service = client_as(domain::role::service, "homeserver");
    auto unknown = client("unknown");
    auto nobody = client();
    for (const auto& [method, path] :
         {std::pair{"GET", find_path}, std::pair{"DELETE", find_path + "?app_id=x"},
          std::pair{"DELETE", find_path + "/@a:h/app/key"}, std::pair{"GET", std::string("/_pusherd/v1/admin/counts")},
          std::pair{"GET", synapse_path("@alice:example.org")}})
        BOOST_TEST_CONTEXT(method << " " << path) {
            for (http_client* each : {&user, &service}) {
                const answer got = each->send(method, path);
                BOOST_TEST(verdict(got) == "403 M_FORBIDDEN");
                BOOST_TEST(got.error() == "You are not a server admin");
            }
            BOOST_TEST(verdict(unknown.send(method, path)) == "401 M_UNKNOWN_TOKEN");
            BOOST_TEST(verdict(nobody.send(method, path)) == "401 M_MISSING_TOKEN");
            BOOST_TEST(admin.send(method, path).status == 200);
        }
}

BOOST_AUTO_TEST_CASE(an_administrator_is_a_user_as_well) {
    BOOST_TEST(admin.set(pusher_body("app", "key")).status == 200);
    BOOST_TEST(pushkeys_of(admin.get()) == "key ");
}

BOOST_AUTO_TEST_CASE(the_list_of_a_user_is_as_synapse_shows_it) {
    register_some();
    const answer got = admin.get(synapse_path("@alice:example.org"));
    BOOST_TEST(got.status == 200);
    const auto body = got.json().as_object();
    BOOST_TEST(body.at("total").as_int64() == 3);
    BOOST_TEST_REQUIRE(body.at("pushers").as_array().size() == 3U);
    const auto& first = body.at("pushers").at(0).as_object();
    const std::set<std::string> ten{
        "app_display_name", "app_id",  "data",     "device_display_name", "kind", "lang", "profile_tag",
        "pushkey",          "enabled", "device_id"};
    BOOST_TEST((keys_of(first) == ten));
    BOOST_TEST(first.at("profile_tag").as_string() == "");
    BOOST_TEST(first.at("enabled").as_bool());
    BOOST_TEST(first.at("device_id").as_string() == "PHONE");
    BOOST_TEST(first.at("pushkey").as_string() == "1");
}

BOOST_AUTO_TEST_CASE(a_user_nobody_has_seen_has_none_and_what_is_no_user_is_refused) {
    const answer none = admin.get(synapse_path("%40nobody%3Aexample.org"));
    BOOST_TEST(none.status == 200);
    BOOST_TEST(none.body == R"({"pushers":[],"total":0})");
    BOOST_TEST(verdict(admin.get(synapse_path("alice"))) == "400 M_INVALID_PARAM");
    BOOST_TEST(verdict(admin.get(synapse_path(""))) == "404 M_UNRECOGNIZED");
    BOOST_TEST(verdict(admin.send("POST", synapse_path("@a:h"), "{}")) == "405 M_UNRECOGNIZED");
}

BOOST_AUTO_TEST_CASE(pushers_are_found_by_all_that_is_said_of_them) {
    register_some();
    BOOST_TEST(found("") ==
               "@alice:example.org 1 @alice:example.org 2 @alice:example.org 3 "
               "@bob:example.org 1 @bob:example.org bob's ");
    BOOST_TEST(found("user_id=@bob:example.org") == "@bob:example.org 1 @bob:example.org bob's ");
    BOOST_TEST(found("app_id=org.example.app&pushkey=1") == "@alice:example.org 1 ");
    BOOST_TEST(found("pushkey=1") == "@alice:example.org 1 @bob:example.org 1 ");
    BOOST_TEST(found("app_id=org.example.other") == "@bob:example.org 1 ");
    BOOST_TEST(found("gateway_host=UP.example.com") == "@bob:example.org bob's ");
    BOOST_TEST(found("device_id=PHONE&pushkey=2") == "@alice:example.org 2 ");
    BOOST_TEST(found("user_id=@nobody:example.org").empty());
    BOOST_TEST(verdict(admin.get(find_path + "?app=x")) == "400 M_INVALID_PARAM");
}

BOOST_AUTO_TEST_CASE(the_token_may_stand_in_the_query_beside_a_filter) {
    register_some();
    const std::string token = persistence::issue_token(
        db(), {.user_id = "@root:example.org", .device_id = {}, .who = domain::role::admin}, 1);
    for (const std::string& query : {"?access_token=" + token + "&pushkey=2", "?pushkey=2&access%5Ftoken=" + token}) {
        const answer got = client().get(find_path + query);
        BOOST_TEST(got.status == 200);
        BOOST_TEST(got.json().at("pushers").as_array().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(what_is_found_shows_what_a_list_does_not) {
    register_some();
    const auto body = admin.get(find_path + "?gateway_host=up.example.com").json();
    const auto& pusher = body.at("pushers").at(0).as_object();
    const std::set<std::string> keys{"user_id",   "created_ts", "updated_ts",       "enabled",
                                     "device_id", "app_id",     "pushkey",          "kind",
                                     "lang",      "data",       "app_display_name", "device_display_name"};
    BOOST_TEST((keys_of(pusher) == keys));
    BOOST_TEST(!pusher.at("enabled").as_bool());
    BOOST_TEST(pusher.at("device_id").is_null());
    BOOST_TEST(pusher.at("created_ts").as_int64() > 1'700'000'000'000);
}

BOOST_AUTO_TEST_CASE(pages_show_all_once_whatever_their_size) {
    register_some();
    const std::string all = found("");
    for (const int limit : {1, 2, 3, 4, 5, 6}) {
        int pages = 0;
        BOOST_TEST(found("limit=" + std::to_string(limit), &pages) == all);
        BOOST_TEST(pages == (5 + limit - 1) / limit);
    }
}

BOOST_AUTO_TEST_CASE(one_pusher_is_removed_by_its_name) {
    register_some();
    const std::string path = find_path + "/@alice:example.org/org.example.app/2";
    BOOST_TEST(admin.send("DELETE", path).body == R"({"dry_run":false,"pushers":1})");
    BOOST_TEST(admin.send("DELETE", path).body == R"({"dry_run":false,"pushers":0})");
    BOOST_TEST(found("user_id=@alice:example.org") == "@alice:example.org 1 @alice:example.org 3 ");
    BOOST_TEST(verdict(admin.send("DELETE", find_path + "/alice/app/key")) == "400 M_INVALID_PARAM");
    BOOST_TEST(verdict(admin.send("DELETE", find_path + "/@a:h/app/" + std::string(513, 'k'))) ==
               "400 M_INVALID_PARAM");
    BOOST_TEST(verdict(admin.send("DELETE", find_path + "/@a:h/app")) == "404 M_UNRECOGNIZED");
}

BOOST_AUTO_TEST_CASE(a_selection_is_removed_only_by_who_says_that_it_is_not_dry) {
    register_some();
    const std::string path = find_path + "?app_id=org.example.app";
    for (const char* dry : {"", "&dry_run=true"})
        BOOST_TEST(admin.send("DELETE", path + dry).body == R"({"dry_run":true,"pushers":4})");
    BOOST_TEST(found("app_id=org.example.app") ==
               "@alice:example.org 1 @alice:example.org 2 @alice:example.org 3 @bob:example.org bob's ");
    BOOST_TEST(admin.send("DELETE", path + "&dry_run=false").body == R"({"dry_run":false,"pushers":4})");
    BOOST_TEST(found("") == "@bob:example.org 1 ");
    BOOST_TEST(verdict(admin.send("DELETE", find_path + "?dry_run=false")) == "400 M_INVALID_PARAM");
}

BOOST_AUTO_TEST_CASE(a_long_selection_is_removed_page_by_page) {
    register_some();
    std::string from;
    int removed = 0;
    for (int page = 0; page < 10; ++page) {
        const auto body =
            admin.send("DELETE", find_path + "?app_id=org.example.app&limit=1&dry_run=false" + from).json().as_object();
        removed += static_cast<int>(body.at("pushers").as_int64());
        if (!body.contains("next_batch")) break;
        from = "&from=" + std::string(body.at("next_batch").as_string());
    }
    BOOST_TEST(removed == 4);
    BOOST_TEST(found("") == "@bob:example.org 1 ");
}

// Whoever pages through a dry run first, and then removes from where that said that it goes on.
BOOST_AUTO_TEST_CASE(a_removal_from_the_middle_of_a_user_leaves_none_of_the_user_behind) {
    register_some();
    const std::string path = find_path + "?user_id=@alice:example.org&limit=2";
    const auto dry = admin.send("DELETE", path).json().as_object();
    const std::string from = "&dry_run=false&from=" + std::string(dry.at("next_batch").as_string());
    BOOST_TEST(admin.send("DELETE", path + from).json().at("pushers").as_int64() == 2);
    BOOST_TEST(admin.send("DELETE", path + from).json().at("pushers").as_int64() == 1);
    BOOST_TEST(found("user_id=@alice:example.org").empty());
}

BOOST_AUTO_TEST_CASE(pushers_are_counted_by_app_and_host) {
    BOOST_TEST(admin.get("/_pusherd/v1/admin/counts").body ==
               R"({"users":0,"pushers":0,"disabled":0,"app_ids":{},"gateway_hosts":{},"other_app_ids":0,)"
               R"("other_gateway_hosts":0})");
    register_some();
    const auto body = admin.get("/_pusherd/v1/admin/counts").json();
    BOOST_TEST(body.at("users").as_int64() == 2);
    BOOST_TEST(body.at("pushers").as_int64() == 5);
    BOOST_TEST(body.at("disabled").as_int64() == 1);
    BOOST_TEST(body.at("app_ids") == boost::json::parse(R"({"org.example.app":4,"org.example.other":1})"));
    BOOST_TEST(body.at("gateway_hosts") == boost::json::parse(R"({"push.example.org":4,"up.example.com":1})"));
}

// In slices: more users than one has, and requests behind it on the same connection.
BOOST_AUTO_TEST_CASE(counting_many_keeps_the_order_of_answers) {
    for (int i = 0; i < 450; ++i)
        BOOST_REQUIRE(
            client_of("@u" + std::to_string(i) + ":example.org").set(pusher_body("app", std::to_string(i))).status ==
            200);
    http_connection connection(port());
    const std::string token = persistence::issue_token(
        db(), {.user_id = "@root:example.org", .device_id = {}, .who = domain::role::admin}, 1);
    connection.send(request("GET", "/_pusherd/v1/admin/counts", token) + request("GET", "/health") +
                    request("GET", "/_pusherd/v1/admin/counts", token));
    const auto first = connection.read_answer();
    BOOST_TEST(first.json().at("pushers").as_int64() == 450);
    BOOST_TEST(connection.read_answer().body == "OK");
    BOOST_TEST(connection.read_answer().body == first.body);

    http_connection last(port());
    last.send(request("GET", "/_pusherd/v1/admin/counts", token, {}, close_field));
    const auto closing = last.read_answer();
    BOOST_TEST(closing.field("connection") == "close");
    BOOST_TEST(closing.body == first.body);
    BOOST_TEST(closes(last));
}

BOOST_AUTO_TEST_CASE(users_of_another_server_than_the_recorded_one_are_not_looked_up) {
    {
        persistence::write_txn txn(db().env());
        txn.put(db().all().meta, persistence::meta_key{"server-name"}, "example.org");
        txn.commit();
    }
    BOOST_TEST(admin.get(synapse_path("@alice:example.org")).status == 200);
    const answer got = admin.get(synapse_path("@alice:other.example.com"));
    BOOST_TEST(verdict(got) == "400 M_UNKNOWN");
    BOOST_TEST(got.error() == "Can only look up local users");
}

BOOST_AUTO_TEST_CASE(who_took_whose_key_is_told_in_the_log) {
    BOOST_TEST(client_of("@alice:example.org").set(pusher_body("org.example.app", "secret-pushkey")).status == 200);
    BOOST_TEST(client_of("@bob:example.org").set(pusher_body("org.example.app", "secret-pushkey")).status == 200);
    BOOST_TEST(admin.send("DELETE", find_path + "/@bob:example.org/org.example.app/secret-pushkey").status == 200);
    std::vector<std::string> told;
    for (const auto& line : log().lines())
        if (line.message.find("org.example.app") != std::string::npos) told.push_back(line.message);
    BOOST_TEST_REQUIRE(told.size() == 2U);
    BOOST_TEST(
        told[0].starts_with("@bob:example.org took a pusher key from @alice:example.org: org.example.app (pushkey "));
    BOOST_TEST(told[1].starts_with("@root:example.org, an administrator, removed a pusher of @bob:example.org: "));
    for (const std::string& line : told) BOOST_TEST(line.find("secret-pushkey") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
