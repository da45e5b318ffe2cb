// --auth more than once: what several validators say together.

#include "tests/support/temporary_folder.hpp"
#include "tests/system/auth/asking_server.hpp"

#include <map>
#include <string>

namespace pusherd::testing {
namespace {

/// A homeserver that is asked first, and an introspection endpoint behind it.
struct server_with_two {
    pusherd_folder folder;
    stub_upstream homeserver;
    stub_upstream service{{.bearer_secret = "shared"}};
    pusherd_server server;

    server_with_two() : server(folder.data(), arguments()) {}

    [[nodiscard]] options arguments() const {
        write_file(folder.file("secret"), "shared");
        return of_example_org({"--auth", "homeserver:" + homeserver.url(), "--auth",
                               "introspection:" + service.introspection_url(), "--auth-secret-file",
                               folder.file("secret").string()});
    }

    [[nodiscard]] answer list(const std::string& token) const { return server.client(token).get(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(validators, server_with_two)

BOOST_AUTO_TEST_CASE(whom_one_of_them_knows_is_known) {
    const std::string local = folder.issue("@local:example.org");
    homeserver.set_user("first", "@alice:example.org");
    service.set_introspection("second", active("bob", scope_of_clients));
    for (const std::string& each : {local, std::string("first"), std::string("second")})
        BOOST_TEST(verdict(list(each)) == "200", each);
    BOOST_TEST(service.requests().back().body.find("second") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(unknown_is_who_is_known_to_none) {
    BOOST_TEST(verdict(list("nobody")) == "401 M_UNKNOWN_TOKEN");
    BOOST_TEST(homeserver.request_count() == 1U);
    BOOST_TEST(service.request_count() == 1U);
}

BOOST_AUTO_TEST_CASE(while_one_of_them_fails_nobody_is_unknown) {
    homeserver.set_fault({.kind = "http_500"});
    check_unavailable(list("nobody1"));
    homeserver.release();
    service.set_fault({.kind = "http_500"});
    check_unavailable(list("nobody2"));
    homeserver.set_fault({.kind = "http_500"});
    check_unavailable(list("nobody3"));
    homeserver.release();
    service.release();
    BOOST_TEST(verdict(list("nobody4")) == "401 M_UNKNOWN_TOKEN");
    for (const char* each : {"nobody1", "nobody2", "nobody3"})
        BOOST_TEST(verdict(list(each)) == "401 M_UNKNOWN_TOKEN", each);
}

BOOST_AUTO_TEST_CASE(one_that_works_is_enough_for_those_it_knows) {
    service.set_introspection("second", active("bob", scope_of_clients));
    homeserver.set_user("first", "@alice:example.org");
    homeserver.set_fault({.kind = "http_500"});
    BOOST_TEST(verdict(list("second")) == "200");
    homeserver.release();
    service.set_fault({.kind = "http_500"});
    BOOST_TEST(verdict(list("first")) == "200");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(validators_local)

BOOST_AUTO_TEST_CASE(the_local_table_may_be_named_and_stays_all_there_is) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), {"--auth", "tokens"});
    BOOST_TEST(verdict(server.client(token).get()) == "200");
    BOOST_TEST(verdict(server.client("nobody").get()) == "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(the_local_table_may_be_named_beside_a_homeserver_wherever) {
    for (const bool is_first : {true, false}) {
        const pusherd_folder folder;
        const std::string token = folder.issue("@alice:example.org");
        stub_upstream homeserver;
        homeserver.set_user("bob", "@bob:example.org");
        options both = asking_homeserver(homeserver);
        both.insert(is_first ? both.begin() : both.end(), {"--auth", "tokens"});
        pusherd_server server(folder.data(), both);
        BOOST_TEST(verdict(server.client(token).get()) == "200");
        BOOST_TEST(homeserver.request_count() == 0U);
        BOOST_TEST(verdict(server.client("bob").get()) == "200");
    }
}

BOOST_AUTO_TEST_CASE(validators_come_from_the_environment_and_the_file_as_well) {
    stub_upstream homeserver;
    homeserver.set_user("alice", "@alice:example.org");
    const std::string name = "homeserver:" + homeserver.url();
    const auto check_asks = [](const options& arguments, const std::map<std::string, std::string>& environment) {
        const pusherd_folder folder;
        pusherd_server server(folder.data(), of_example_org(arguments), environment);
        BOOST_TEST(verdict(server.client("alice").get()) == "200");
        BOOST_TEST(verdict(server.client("nobody").get()) == "401 M_UNKNOWN_TOKEN");
    };
    check_asks({}, {{"PUSHERD_AUTH", "tokens," + name}, {"PUSHERD_AUTH_CACHE", "10"}, {"PUSHERD_AUTH_TIMEOUT", "60"}});
    const temporary_folder files;
    const std::string file = (files.path() / "configuration.toml").string();
    write_file(file, "auth = [\"tokens\", \"" + name + "\"]\nauth-cache = 10\nauth-stale = 20\nauth-timeout = 60\n");
    check_asks({"--config", file}, {});
    BOOST_TEST(homeserver.request_count() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
