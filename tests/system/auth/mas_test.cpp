// POST /_synapse/mas/…: what the Matrix Authentication Service tells of devices and users is done here, on disk, before
// it is answered.

#include "tests/system/auth/mas_server.hpp"

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

const std::vector<std::string> paths{delete_device_path, sync_devices_path, delete_user_path};

/// One that has asked its homeserver about tokens of Alice's and Bob's, and remembers them.
struct asking_mas_server : mas_server {
    asking_mas_server() : mas_server({"--auth-timeout", "600"}), asking(make_asking()) {
        homeserver.set_user("hs_phone", "@alice:example.org", "PHONE");
        homeserver.set_user("hs_watch", "@alice:example.org", "WATCH");
        homeserver.set_user("hs_web", "@alice:example.org", "WEB");
        homeserver.set_user("hs_nowhere", "@alice:example.org");
        homeserver.set_user("hs_bob", "@bob:example.org", "PHONE");
        BOOST_TEST(refused_sessions() == "");
    }

    std::string refused_sessions() const {
        std::string names;
        for (const char* each : {"hs_phone", "hs_watch", "hs_web", "hs_nowhere", "hs_bob"})
            if (const std::string got = verdict(asking.client(each).get()); got == "401 M_UNKNOWN_TOKEN")
                (names += each) += ' ';
            else
                BOOST_TEST(got == "200", each);
        return names;
    }

    answer tell(const std::string& path, const std::string& body) const {
        return asking.client(mas_secret).post(path, body);
    }

    pusherd_server asking;

private:
    // Beside the other, on the same data.
    pusherd_server make_asking() const {
        options all = given;
        all.insert(all.end(), {"--auth", "homeserver:" + homeserver.url()});
        return pusherd_server(folder.data(), all);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mas_calls, mas_server)

BOOST_AUTO_TEST_CASE(a_device_that_is_deleted_loses_its_tokens_and_http_pushers) {
    const answer done = call(delete_device_path, deleted_phone);
    BOOST_TEST(done.status == 204);
    BOOST_TEST(done.body == "");
    BOOST_TEST((done.fields.count("content-type") + done.fields.count("content-length")) == 0U);
    BOOST_TEST(refused() == "phone phone_too ");
    BOOST_TEST(left() == "tablet web nowhere alice@example.org ");
    BOOST_TEST(pushkeys_in(list(bob)) == "bob ");
}

BOOST_AUTO_TEST_CASE(devices_that_are_not_among_those_told_end) {
    const answer done = call(sync_devices_path, R"({"localpart":"alice","devices":["WEB","NEW"],"more":[1]})");
    BOOST_TEST(done.status == 200);
    BOOST_TEST(done.body == "{}");
    BOOST_TEST(done.field("content-type") == "application/json");
    BOOST_TEST(refused() == "phone phone_too ");
    BOOST_TEST(left() == "web nowhere alice@example.org ");
    BOOST_TEST(pushkeys_in(list(bob)) == "bob ");
}

BOOST_AUTO_TEST_CASE(where_there_is_no_device_any_more_what_has_none_stays) {
    BOOST_TEST(call(sync_devices_path, R"({"localpart":"alice","devices":[]})").status == 200);
    BOOST_TEST(refused() == "phone phone_too web ");
    BOOST_TEST(left() == "nowhere alice@example.org ");
}

BOOST_AUTO_TEST_CASE(where_all_devices_are_told_nothing_ends) {
    BOOST_TEST(call(sync_devices_path, R"({"localpart":"alice","devices":["TABLET","WEB","PHONE"]})").status == 200);
    BOOST_TEST(refused() == "");
    BOOST_TEST(left() == "tablet phone web nowhere alice@example.org ");
}

BOOST_AUTO_TEST_CASE(a_user_who_is_deleted_leaves_nothing) {
    const answer done = call(delete_user_path, deleted_alice);
    BOOST_TEST(done.status == 200);
    BOOST_TEST(done.body == "{}");
    BOOST_TEST(refused() == "phone phone_too web nowhere ");
    BOOST_TEST(left() == "");
    BOOST_TEST(pushkeys_in(list(bob)) == "bob ");
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(whom_or_what_nobody_knows_has_gone_already) {
    const auto before = folder.stat("last_transaction");
    BOOST_TEST(call(delete_device_path, R"({"localpart":"nobody","device_id":"PHONE"})").status == 204);
    BOOST_TEST(call(delete_device_path, R"({"localpart":"alice","device_id":"WATCH"})").status == 204);
    BOOST_TEST(call(sync_devices_path, R"({"localpart":"nobody","devices":["PHONE"]})").status == 200);
    BOOST_TEST(call(delete_user_path, R"({"localpart":"nobody"})").status == 200);
    BOOST_TEST(folder.stat("last_transaction") == before);
    BOOST_TEST(call(delete_user_path, R"({"localpart":"alice"})").status == 200);
    BOOST_TEST(folder.stat("last_transaction") == before + 1);
    BOOST_TEST(call(delete_user_path, R"({"localpart":"alice"})").status == 200);
    BOOST_TEST(call(delete_device_path, deleted_phone).status == 204);
    BOOST_TEST(folder.stat("last_transaction") == before + 1);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_none_ends_nothing) {
    const auto refusals = [&](const std::string& path, const std::vector<std::string>& bodies, const char* as_what) {
        for (const std::string& body : bodies) BOOST_TEST(verdict(call(path, body)) == as_what, path << ' ' << body);
    };
    for (const std::string& path : paths) {
        refusals(path, {"", "alice", "{"}, "400 M_NOT_JSON");
        refusals(path, {"[]", R"({"localpart":"alice","localpart":"alice"})"}, "400 M_BAD_JSON");
        refusals(path, {"{}", R"({"device_id":"PHONE","devices":["WEB"]})"}, "400 M_MISSING_PARAM");
        for (const std::string user : {"null", "1", R"("alice:example.org")", R"("a\u0000")"})
            refusals(path, {R"({"device_id":"PHONE","devices":["WEB"],"localpart":)" + user + '}'},
                     "400 M_INVALID_PARAM");
    }
    BOOST_TEST(call(delete_device_path, "{}").error() == "Missing parameters: localpart, device_id");
    BOOST_TEST(call(sync_devices_path, R"({"localpart":"alice"})").error() == "Missing parameters: devices");
    const std::string too_long = '"' + std::string(256, 'D') + '"';
    for (const std::string& device : std::vector<std::string>{"null", "1", R"("")", too_long}) {
        refusals(delete_device_path, {R"({"localpart":"alice","device_id":)" + device + '}'}, "400 M_INVALID_PARAM");
        refusals(sync_devices_path, {R"({"localpart":"alice","devices":["WEB",)" + device + "]}"},
                 "400 M_INVALID_PARAM");
    }
    refusals(sync_devices_path, {R"({"localpart":"alice","devices":"WEB"})", R"({"localpart":"alice","devices":null})"},
             "400 M_INVALID_PARAM");
    refusals(delete_user_path, {R"({"localpart":"alice","erase":1})", R"({"localpart":"alice","erase":null})"},
             "400 M_INVALID_PARAM");
    BOOST_TEST(refused() == "");
    BOOST_TEST(left() == "tablet phone web nowhere alice@example.org ");
}

BOOST_AUTO_TEST_CASE(nobody_calls_but_mas) {
    const std::string admin = folder.print({"token", "issue", "@root:example.org", "--admin"});
    for (const std::string& path : paths) {
        for (const std::string& other : {std::string("another"), mas_secret + "x", phone, service_token(folder),
                                         admin.substr(0, admin.size() - 1)})
            BOOST_TEST(verdict(as(other).post(path, deleted_phone)) == "403 M_FORBIDDEN");
        BOOST_TEST(as("another").post(path, "").error() == "This endpoint must only be called by MAS");
        BOOST_TEST(verdict(as("").post(path, deleted_phone)) == "401 M_MISSING_TOKEN");
        BOOST_TEST(verdict(as("").post(path + "?access_token=" + mas_secret, deleted_phone)) == "401 M_MISSING_TOKEN");
    }
    BOOST_TEST(refused() == "");
}

BOOST_AUTO_TEST_CASE(what_mas_shows_is_good_for_nothing_else) {
    BOOST_TEST(verdict(list(mas_secret)) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(as(mas_secret).get("/_pusherd/v1/admin/counts")) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(as(mas_secret).post("/_pusherd/v1/sessions/end", R"({"user_id":"@alice:example.org"})")) ==
               "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_first_is_said) {
    const auto told = [&](const std::string& method, const std::string& path, const std::string& token,
                          const std::string& fields) {
        http_connection connection(server->port());
        const std::string by = token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
        connection.send(method + ' ' + path + " HTTP/1.1\r\nHost: x\r\n" + by + fields + "\r\n");
        return connection.read_answer();
    };
    const std::string too_long = "Content-Length: 65537\r\n";
    const std::string expecting = "Content-Length: 20\r\nExpect: 100-continue\r\n";
    for (const std::string& path : paths) {
        BOOST_TEST(verdict(told("PUT", path, "", too_long)) == "405 M_UNRECOGNIZED");
        BOOST_TEST(told("GET", path, "", "").field("allow") == "POST, OPTIONS");
        BOOST_TEST(told("OPTIONS", path, "", "").status == 204);
        BOOST_TEST(verdict(told("POST", path, "", too_long)) == "413 M_TOO_LARGE");
        BOOST_TEST(verdict(told("POST", path, "", expecting)) == "401 M_MISSING_TOKEN");
        BOOST_TEST(verdict(told("POST", path, "another", expecting)) == "403 M_FORBIDDEN");
        BOOST_TEST(told("POST", path, mas_secret, "Content-Length: 2\r\n\r\n{}").status == 400);
    }
}

BOOST_AUTO_TEST_CASE(the_log_tells_what_went_and_not_by_which_secret) {
    BOOST_TEST(call(delete_device_path, deleted_phone).status == 204);
    BOOST_TEST(server->process().wait_for_line("MAS ").ends_with(
        "MAS deleted a device of @alice:example.org, tokens removed: 2, pushers removed: 1, device: PHONE"));
    BOOST_TEST(call(delete_device_path, deleted_phone).status == 204);  // which is silent
    BOOST_TEST(call(sync_devices_path, web_alone).status == 200);
    BOOST_TEST(server->process().wait_for_line("MAS ", 2).ends_with(
        "MAS told which devices there are of @alice:example.org, tokens removed: 0, pushers removed: 1"));
    BOOST_TEST(call(delete_user_path, deleted_alice).status == 200);
    BOOST_TEST(server->process().wait_for_line("MAS ", 3).ends_with(
        "MAS deleted @alice:example.org, tokens removed: 2, pushers removed: 3"));
    BOOST_TEST(server->process().errors().find(mas_secret.substr(7)) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_its_secret_there_are_no_such_paths) {
    const pusherd_folder other;
    pusherd_server without(other.data(), of_example_org({}));
    for (const std::string& path : paths) {
        BOOST_TEST(verdict(without.client(mas_secret).post(path, deleted_phone)) == "404 M_UNRECOGNIZED");
        BOOST_TEST(verdict(without.client().get(path)) == "404 M_UNRECOGNIZED");
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(mas_calls_and_sessions_that_a_homeserver_vouches_for, asking_mas_server)

BOOST_AUTO_TEST_CASE(a_deleted_device_is_refused_whatever_is_remembered) {
    BOOST_TEST(tell(delete_device_path, deleted_phone).status == 204);
    BOOST_TEST(refused_sessions() == "hs_phone ");
}

// No table knows the watch: it has set no pusher.
BOOST_AUTO_TEST_CASE(a_device_that_is_not_told_is_refused_and_one_that_is_stays) {
    BOOST_TEST(tell(sync_devices_path, web_alone).status == 200);
    BOOST_TEST(refused_sessions() == "hs_phone hs_watch ");
    homeserver.stop();
    BOOST_TEST(refused_sessions() == "hs_phone hs_watch ");
}

BOOST_AUTO_TEST_CASE(a_device_that_comes_later_is_another) {
    BOOST_TEST(tell(sync_devices_path, web_alone).status == 200);
    for (const char* device : {"NEW", "PHONE"}) {
        homeserver.set_user(std::string("new") + device, "@alice:example.org", device);
        BOOST_TEST(verdict(asking.client(std::string("new") + device).get()) == "200");
    }
}

BOOST_AUTO_TEST_CASE(an_answer_to_an_earlier_question_is_worth_nothing) {
    homeserver.set_user("late_phone", "@alice:example.org", "PHONE");
    homeserver.set_user("late_web", "@alice:example.org", "WEB");
    homeserver.set_fault({.kind = "held"});
    homeserver.forget_requests();
    http_connection phones(asking.port());
    phones.send(request("GET", list_path, "late_phone"));
    http_connection webs(asking.port());
    webs.send(request("GET", list_path, "late_web"));
    (void)homeserver.wait_for_requests(2);
    BOOST_TEST(tell(sync_devices_path, web_alone).status == 200);
    homeserver.release();
    BOOST_TEST(verdict(phones.read_answer()) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(verdict(webs.read_answer()) == "200");
}

BOOST_AUTO_TEST_CASE(a_deleted_user_is_refused) {
    BOOST_TEST(tell(delete_user_path, deleted_alice).status == 200);
    BOOST_TEST(refused_sessions() == "hs_phone hs_watch hs_web hs_nowhere ");
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
