// GET /_pusherd/v1/openapi.json, and what it promises: that all of it is served. Whether answers are as it says,
// tests/description judges.

#include "tests/net/wire.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/json/object.hpp>

#include <string>

namespace pusherd::testing {
namespace {

namespace json = boost::json;

const std::string description_path = "/_pusherd/v1/openapi.json";

/// A server, and a client for each tag of the description, or for two.
struct described_server : running_server {
    http_client pushers = client_of("@alice:example.org");
    http_client homeserver = client_as(domain::role::service, "homeserver");
    http_client administration = client_as(domain::role::admin, "@root:example.org");
    http_client server = client();

    http_client& client_for(const json::value& operation) {
        const auto& tag = operation.at("tags").at(0).as_string();
        if (tag == "pushers") return pushers;
        if (tag == "sessions" || tag == "notifications") return homeserver;
        return tag == "administration" ? administration : server;
    }

    json::object paths() { return client().get(description_path).json().at("paths").as_object(); }
};

// It does not call this server; tests/system/auth have one that it calls.
bool is_of_mas(const json::value& operation) { return operation.at("tags").at(0).as_string() == "mas"; }

// This server sends no pokes; tests/system/pokes have one that does.
unsigned expected_status(std::string_view method, std::string_view path, const json::value& operation) {
    if (method == "OPTIONS") return 204;
    if (is_of_mas(operation)) return 404;
    return path.ends_with("/pushers/test") ? 503 : 200;
}

std::string with_values(std::string path) {
    boost::replace_all(path, "{userId}", "@alice:example.org");
    boost::replace_all(path, "{appId}", "org.example.app");
    boost::replace_all(path, "{pushkey}", "demo-key");
    return path;
}

std::string query_of(std::string_view method, std::string_view path) {
    return method == "DELETE" && path.ends_with("/admin/pushers") ? "?user_id=@alice:example.org" : "";
}

std::string body_for(std::string_view method, std::string_view path) {
    if (method != "POST") return {};
    if (path.ends_with("/pushers/test")) return R"({"app_id":"org.example.app","pushkey":"demo-key"})";
    if (path.ends_with("/notify")) return R"({"user_id":"@bob:example.org","notification":{"event_id":"$1"}})";
    return path.ends_with("/set") ? pusher_body("org.example.app", "demo-key") : R"({"user_id":"@bob:example.org"})";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(description, described_server)

BOOST_AUTO_TEST_CASE(anybody_may_have_it) {
    for (const char* token : {"", "unknown"}) {
        const answer got = client(token).get(description_path);
        BOOST_TEST(got.status == 200);
        BOOST_TEST(got.field("content-type") == "application/json");
        BOOST_TEST(got.field("cache-control") == "no-store");
        BOOST_TEST(got.json().at("openapi").as_string() == "3.1.0");
    }
}

BOOST_AUTO_TEST_CASE(it_is_whole_among_other_answers) {
    const std::string alone = client().get(description_path).body;
    http_connection connection(port());
    connection.send(request("GET", description_path) + request("HEAD", description_path) +
                    request("GET", description_path) + request("GET", "/health"));
    BOOST_TEST(connection.read_answer().body == alone);
    BOOST_TEST(connection.read_answer(true).field("content-length") == std::to_string(alone.size()));
    BOOST_TEST(connection.read_answer().body == alone);
    BOOST_TEST(connection.read_answer().body == "OK");
}

BOOST_AUTO_TEST_CASE(it_is_read_and_nothing_else) {
    const answer got = client().post(description_path, "{}");
    BOOST_TEST(verdict(got) == "405 M_UNRECOGNIZED");
    BOOST_TEST(got.field("allow") == "GET, HEAD, OPTIONS");
    BOOST_TEST(verdict(client().get(description_path + "/")) == "404 M_UNRECOGNIZED");
}

BOOST_AUTO_TEST_CASE(all_that_it_describes_is_served) {
    unsigned operations = 0;
    for (const auto& [template_, item] : paths()) {
        const std::string path = with_values(template_);
        if (path == "/metrics") continue;  // on another listener
        for (const auto& [name, operation] : item.as_object()) {
            if (name == "parameters") continue;
            const std::string method = boost::to_upper_copy(std::string(name));
            const unsigned expected = expected_status(method, path, operation);
            const answer got =
                client_for(operation).send(method, path + query_of(method, path), body_for(method, path));
            BOOST_TEST(got.status == expected, method << ' ' << path << ": " << got.body);
            ++operations;
        }
    }
    BOOST_TEST(operations > 40);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
