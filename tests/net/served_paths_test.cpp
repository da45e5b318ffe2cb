// Contract section 3: which path and method is answered how.

#include "tests/net/wire.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

const std::vector<std::string> prefixes{"/_matrix/client/v3", "/_matrix/client/r0", "/_matrix/client/unstable",
                                        "/_matrix/client/api/v1"};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(served_paths, running_server)

BOOST_AUTO_TEST_CASE(all_four_prefixes_list_and_set_the_same_pushers) {
    auto alice = client_of("@alice:example.org");
    std::string expected;
    for (std::size_t i = 0; i < prefixes.size(); ++i) {
        const std::string key = "key" + std::to_string(i);
        const answer set = alice.post(prefixes[i] + "/pushers/set", pusher_body("org.example.app", key));
        BOOST_TEST(set.status == 200);
        BOOST_TEST(set.body == "{}");
        expected += key + ' ';
        for (const std::string& prefix : prefixes) BOOST_TEST(pushkeys_of(alice.get(prefix + "/pushers")) == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_list_of_none_is_an_empty_array) {
    const answer got = client_of("@alice:example.org").get();
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.body == R"({"pushers":[]})");
}

BOOST_AUTO_TEST_CASE(versions_names_v1_11_and_v1_12_and_needs_no_token) {
    for (const char* token : {"", "unknown"}) {
        const answer got = client(token).get("/_matrix/client/versions");
        BOOST_TEST(got.status == 200);
        const auto body = got.json();
        std::vector<std::string> versions;
        for (const auto& each : body.at("versions").as_array()) versions.emplace_back(each.as_string());
        BOOST_TEST_REQUIRE(versions.size() >= 2U);
        BOOST_TEST(versions[versions.size() - 2] == "v1.11");
        BOOST_TEST(versions.back() == "v1.12");
        for (const char* feature : {"org.matrix.msc3881", "org.matrix.msc3881.stable"})
            BOOST_TEST(body.at("unstable_features").at(feature).as_bool());
    }
}

BOOST_AUTO_TEST_CASE(health_is_ok_in_plain_text) {
    const answer got = client().get("/health");
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.body == "OK");
    BOOST_TEST(got.field("content-type").starts_with("text/plain"));
    BOOST_TEST(verdict(client().get("/health?a=b")) == "200");
}

BOOST_AUTO_TEST_CASE(head_is_the_same_as_get_without_a_body) {
    const std::string token_of_alice = token("@alice:example.org");
    auto alice = client(token_of_alice);
    BOOST_TEST(alice.set(pusher_body("org.example.app", "key")).status == 200);
    for (const std::string& path : {list_path, std::string("/_matrix/client/versions"), std::string("/health")}) {
        BOOST_TEST_CONTEXT(path) {
            answer got = alice.get(path);
            // Another request behind it: had the HEAD's answer a body, it would be in the way.
            http_connection connection(port());
            connection.send(request("HEAD", path, token_of_alice) + request("GET", "/health"));
            answer head = connection.read_answer(true);
            BOOST_TEST(connection.read_answer().body == "OK");
            BOOST_TEST(head.status == 200);
            BOOST_TEST(head.body == "");
            BOOST_TEST(head.field("content-length") == std::to_string(got.body.size()));
            head.fields.erase("date");
            got.fields.erase("date");
            BOOST_TEST((head.fields == got.fields));
        }
    }
}

BOOST_AUTO_TEST_CASE(head_is_refused_as_get_is_without_a_body) {
    for (const std::string& path : {list_path, std::string("/no/such/path"), set_path}) {
        BOOST_TEST_CONTEXT(path) {
            http_connection connection(port());
            connection.send(request("GET", path) + request("HEAD", path) + request("GET", "/health"));
            const answer got = connection.read_answer();
            const answer head = connection.read_answer(true);
            BOOST_TEST(head.status == got.status);
            BOOST_TEST(head.field("content-length") == std::to_string(got.body.size()));
            BOOST_TEST(connection.read_answer().body == "OK");
        }
    }
}

BOOST_AUTO_TEST_CASE(options_on_any_path_is_204_without_a_token_or_a_type) {
    auto nobody = client();
    for (const std::string& path : {list_path, set_path, std::string("/health"), std::string("/no/such/path"),
                                    std::string("*"), std::string("/_matrix/client/versions"), std::string("/")}) {
        BOOST_TEST_CONTEXT(path) {
            const answer got = nobody.send("OPTIONS", path);
            BOOST_TEST(got.status == 204);
            BOOST_TEST(got.fields.count("content-type") == 0U);
            BOOST_TEST(got.fields.count("content-length") == 0U);
            BOOST_TEST(got.field("access-control-allow-origin") == "*");
        }
    }
    BOOST_TEST(client("unknown").send("OPTIONS", list_path).status == 204);
}

BOOST_AUTO_TEST_CASE(options_performs_no_logic) {
    auto alice = client_of("@alice:example.org");
    BOOST_TEST(alice.send("OPTIONS", set_path, pusher_body("org.example.app", "key")).status == 204);
    BOOST_TEST(pushkeys_of(alice.get()) == "");
}

BOOST_AUTO_TEST_CASE(any_other_path_is_404_m_unrecognized) {
    auto alice = client_of("@alice:example.org");
    for (const char* path :
         {"/", "/health/", "//health", "/%68ealth", "/_matrix/client/v3/pushers/", "/_matrix/client/v3/pushers/set/",
          "/_matrix/client/v3//pushers", "/_matrix/client/v3/pusher%73", "/_matrix/client/v1/pushers",
          "/_matrix/client/v3/versions", "/_matrix//client/v3/pushers", "/_MATRIX/client/v3/pushers",
          "/_matrix/client/v3/pushers;a=b"})
        BOOST_TEST_CONTEXT(path) BOOST_TEST(verdict(alice.get(path)) == "404 M_UNRECOGNIZED");
}

BOOST_AUTO_TEST_CASE(another_method_on_a_known_path_is_405_with_allow) {
    auto alice = client_of("@alice:example.org");
    for (const char* method : {"PUT", "DELETE", "PATCH", "TRACE", "BREW", "get", "Post"}) {
        BOOST_TEST_CONTEXT(method) {
            const answer list = alice.send(method, list_path);
            BOOST_TEST(verdict(list) == "405 M_UNRECOGNIZED");
            BOOST_TEST(list.field("allow") == "GET, HEAD, OPTIONS");
            const answer set = alice.send(method, set_path);
            BOOST_TEST(verdict(set) == "405 M_UNRECOGNIZED");
            BOOST_TEST(set.field("allow") == "POST, OPTIONS");
        }
    }
    BOOST_TEST(verdict(alice.post(list_path, "{}")) == "405 M_UNRECOGNIZED");
    BOOST_TEST(verdict(alice.get(set_path)) == "405 M_UNRECOGNIZED");
    BOOST_TEST(verdict(alice.post("/health", "")) == "405 M_UNRECOGNIZED");
}

BOOST_AUTO_TEST_CASE(the_absolute_form_is_the_path_in_it) {
    BOOST_TEST(ask(*this, "GET http://example.org:8008/health HTTP/1.1\r\nHost: x\r\n\r\n").body == "OK");
    BOOST_TEST(ask(*this, "GET https://example.org/health HTTP/1.1\r\nHost: x\r\n\r\n").body == "OK");
    BOOST_TEST(verdict(ask(*this, "GET http://example.org HTTP/1.1\r\nHost: x\r\n\r\n")) == "404 M_UNRECOGNIZED");
}

BOOST_AUTO_TEST_CASE(a_get_may_have_a_body_and_it_means_nothing) {
    auto alice = client_of("@alice:example.org");
    BOOST_TEST(alice.send("GET", "/health", "anything").body == "OK");
    BOOST_TEST(alice.send("GET", list_path, "anything").body == R"({"pushers":[]})");
    BOOST_TEST(alice.send("GET", "/_matrix/client/versions", "anything").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
