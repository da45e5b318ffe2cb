// A homeserver by https://: whoever cannot prove to be it is told nothing, least of all a client's token.

#include "tests/support/temporary_folder.hpp"
#include "tests/support/tls/test_certificate.hpp"
#include "tests/support/tls/tls_client.hpp"
#include "tests/system/auth/asking_server.hpp"

#include <string>

namespace pusherd::testing {
namespace {

/// An authority, and a homeserver with a certificate that may be its own or the authority's.
struct homeserver_by_tls {
    temporary_folder files;
    pusherd_folder folder;
    test_certificate authority{{.name = "authority", .is_authority = true}};
    tls_client secure;
    stub_upstream homeserver;

    explicit homeserver_by_tls(const test_certificate::description& what = {}, bool is_vouched_for = true)
        : homeserver(peer(what, is_vouched_for)) {
        write_file(files.path() / "authority.pem", authority.certificate());
        homeserver.set_user("alice", "@alice:example.org");
    }

    stub_upstream::options peer(const test_certificate::description& what, bool is_vouched_for) {
        const test_certificate certificate(what, is_vouched_for ? &authority : nullptr);
        const auto written = certificate.write(files.path());
        return {.certificate = written.chain, .key = written.key, .secure = &secure};
    }

    [[nodiscard]] options asking(const std::string& url) const {
        return of_example_org({"--auth", "homeserver:" + url});
    }
    [[nodiscard]] options trusting(const std::string& url) const {
        options all = asking(url);
        all.insert(all.end(), {"--auth-ca", (files.path() / "authority.pem").string()});
        return all;
    }

    /// What a pusherd with these options makes of alice's token, and that her token goes nowhere if it is a 503.
    [[nodiscard]] std::string verdict_by(const options& how) {
        homeserver.forget_requests();
        pusherd_server server(folder.data(), how);
        const answer got = server.client("alice").get();
        if (got.status == 503) BOOST_TEST(homeserver.request_count() == 0U);
        return verdict(got);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(upstream_tls)

BOOST_AUTO_TEST_CASE(one_that_the_authority_vouches_for_is_asked_by_name_or_address) {
    homeserver_by_tls one;
    for (const char* host : {"localhost", "127.0.0.1"})
        BOOST_TEST(one.verdict_by(one.trusting(one.homeserver.url(host))) == "200", host);
}

BOOST_AUTO_TEST_CASE(connections_are_kept_and_come_back_by_tls_as_well) {
    homeserver_by_tls one;
    options single = one.trusting(one.homeserver.url("localhost"));
    single.insert(single.end(), {"--threads", "1"});
    pusherd_server server(one.folder.data(), single);
    for (const char* token : {"a", "b", "c"}) {
        one.homeserver.set_user(token, "@alice:example.org");
        BOOST_TEST(verdict(server.client(token).get()) == "200");
    }
    const auto asked = one.homeserver.requests();
    BOOST_REQUIRE(asked.size() == 3U);
    BOOST_TEST(asked[0].connection == asked[2].connection);
    one.homeserver.set_fault({.kind = "closes_reused"});
    BOOST_TEST(verdict(server.client("alice").get()) == "200");
    one.homeserver.restart();
    one.homeserver.set_user("d", "@alice:example.org");
    BOOST_TEST(verdict(server.client("d").get()) == "200");
    one.homeserver.set_fault({.kind = "half_an_answer"});
    check_unavailable(server.client("e").get());
    BOOST_TEST(server.stop().status == 0);
}

BOOST_AUTO_TEST_CASE(one_with_the_name_of_another_is_told_nothing) {
    homeserver_by_tls other({.name = "elsewhere.example.org"});
    BOOST_TEST(other.verdict_by(other.trusting(other.homeserver.url("localhost"))) == "503 M_UNKNOWN");
    // Its address is in the certificate: but for the name, all is in order.
    BOOST_TEST(other.verdict_by(other.trusting(other.homeserver.url("127.0.0.1"))) == "200");
}

BOOST_AUTO_TEST_CASE(one_that_nobody_vouches_for_is_told_nothing) {
    homeserver_by_tls one;
    BOOST_TEST(one.verdict_by(one.asking(one.homeserver.url("localhost"))) == "503 M_UNKNOWN");
    homeserver_by_tls self_made({}, false);
    BOOST_TEST(self_made.verdict_by(self_made.trusting(self_made.homeserver.url("localhost"))) == "503 M_UNKNOWN");
}

BOOST_AUTO_TEST_CASE(one_whose_certificate_has_ended_or_not_begun_is_told_nothing) {
    using std::chrono::seconds;
    for (const auto& [begins, ends] :
         {std::pair(seconds(-7200), seconds(-3600)), std::pair(seconds(3600), seconds(7200))}) {
        homeserver_by_tls one({.begins = begins, .ends = ends});
        BOOST_TEST(one.verdict_by(one.trusting(one.homeserver.url("localhost"))) == "503 M_UNKNOWN");
    }
}

BOOST_AUTO_TEST_CASE(one_that_does_not_speak_tls_is_told_nothing) {
    homeserver_by_tls one;
    stub_upstream in_the_clear;
    in_the_clear.set_user("alice", "@alice:example.org");
    const std::string port = std::to_string(in_the_clear.port());
    pusherd_server server(one.folder.data(), one.trusting("https://localhost:" + port));
    check_unavailable(server.client("alice").get());
    BOOST_TEST(in_the_clear.request_count() == 0U);
}

BOOST_AUTO_TEST_CASE(introspection_by_tls_is_verified_as_well) {
    homeserver_by_tls one;
    one.homeserver.set_introspection("alice", active("alice", scope_of_clients));
    write_file(one.folder.file("secret"), "s");
    options how = one.trusting(one.homeserver.url("127.0.0.1"));
    how[1] = "introspection:" + one.homeserver.url("localhost") + "/oauth2/introspect";
    how.insert(how.end(), {"--auth-secret-file", one.folder.file("secret").string()});
    {
        pusherd_server server(one.folder.data(), how);
        check_unavailable(server.client("alice").get());  // it wants other credentials
        BOOST_TEST(one.homeserver.request_count() == 1U);
    }
    std::erase(how, "--auth-ca");
    std::erase(how, (one.files.path() / "authority.pem").string());
    one.homeserver.forget_requests();
    pusherd_server server(one.folder.data(), how);
    check_unavailable(server.client("alice").get());
    BOOST_TEST(one.homeserver.request_count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
