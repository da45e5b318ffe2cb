// `serve` with --listen tls:…, through the real binary.

#include "tests/support/files.hpp"
#include "tests/support/opened_socket.hpp"
#include "tests/support/pusherd_folder.hpp"
#include "tests/support/tls/test_certificate.hpp"
#include "tests/support/tls/tls_client.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

using namespace std::chrono_literals;

struct folder_with_certificate {
    pusherd_folder folder;
    temporary_folder secrets;
    test_certificate certificate;
    net::tls::certificate_files files = certificate.write(secrets.path());
    tls_client client{{.authority = certificate.certificate()}};

    [[nodiscard]] std::vector<std::string> with_certificate(std::vector<std::string> more = {}) const {
        more.insert(more.end(), {"--tls-cert", files.chain.string(), "--tls-key", files.key.string()});
        return more;
    }

    [[nodiscard]] process_end serve(const std::vector<std::string>& options) const {
        std::vector<std::string> arguments{"serve", "--listen", "tls:127.0.0.1:0"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        return folder.run(arguments);
    }
};

/// Listens in the clear as well, and there first.
struct server_of_both : folder_with_certificate {
    pusherd_server server{folder.data(), with_certificate({"--listen", "tls:127.0.0.1:0", "--set-rate", "0"})};
    std::uint16_t tls_port = port_in(server.process().wait_for_line(" (TLS)"));
};

std::string libraries_of(pid_t process) { return read_file("/proc/" + std::to_string(process) + "/maps"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(listen_tls)

BOOST_FIXTURE_TEST_CASE(tls_and_the_clear_are_served_beside_each_other, server_of_both) {
    BOOST_TEST(server.process().wait_for_line(" (TLS)").find("listening on 127.0.0.1:" + std::to_string(tls_port)) !=
               std::string::npos);
    const std::string token = folder.issue("@alice:example.org");
    http_client through_tls(tls_port, token, &client);
    BOOST_TEST(through_tls.set(pusher_body("app", "key")).field("pusherd-outcome") == "created");
    BOOST_TEST(pushkeys_in(server.client(token).get()) == "key ");
    BOOST_TEST(pushkeys_in(through_tls.get()) == "key ");
    http_connection wrong_port(tls_port);
    wrong_port.send(request("GET", "/health"));
    BOOST_TEST(wrong_port.read_answer().status == 400);
    BOOST_TEST(server.stop().status == 0);
}

BOOST_FIXTURE_TEST_CASE(a_stop_answers_what_is_in_flight, server_of_both) {
    const std::string token = folder.issue("@alice:example.org");
    const std::string set = request("POST", "/_matrix/client/v3/pushers/set", token, pusher_body("app", "in-flight"));
    http_connection idle(tls_port, &client);
    http_connection silent(tls_port);
    http_connection busy(tls_port, &client);
    busy.send(set.substr(0, set.size() - 5));
    std::this_thread::sleep_for(100ms);
    server.process().signal(SIGTERM);
    (void)server.process().wait_for_line("stopping");
    BOOST_TEST(idle.is_closed_within(10s));
    BOOST_TEST(silent.is_closed_within(10s));
    busy.send(set.substr(set.size() - 5));
    const answer got = busy.read_answer();
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.field("connection") == "close");
    BOOST_TEST(server.process().wait().status == 0);
}

BOOST_FIXTURE_TEST_CASE(sighup_has_the_files_read_anew_and_drops_no_connection, server_of_both) {
    http_connection old(tls_port, &client);
    static_cast<void>(test_certificate({.name = "renewed"}).write(secrets.path()));
    server.process().signal(SIGHUP);
    (void)server.process().wait_for_line("has been read anew, and is another, valid until 20");
    server.process().signal(SIGHUP);  // as where systemd's copies are still those of the start
    (void)server.process().wait_for_line("has been read anew, and is the same, valid until 20");
    tls_client any;
    BOOST_TEST(http_client(tls_port, {}, &any).get("/health").status == 200);
    BOOST_TEST(any.server_name() == "renewed");
    old.send(request("GET", "/health"));
    BOOST_TEST(old.read_answer().status == 200);

    write_file(files.key, "nonsense");
    server.process().signal(SIGHUP);
    BOOST_TEST(server.process().wait_for_line("stays as it was").find("no private key") != std::string::npos);
    BOOST_TEST(http_client(tls_port, {}, &any).get("/health").status == 200);
    BOOST_TEST(server.stop().status == 0);
}

BOOST_FIXTURE_TEST_CASE(a_reload_may_name_another_certificate, folder_with_certificate) {
    const auto configured = [&](const net::tls::certificate_files& by) {
        write_file(folder.file("pusherd.toml"),
                   "tls-cert = \"" + by.chain.string() + "\"\ntls-key = \"" + by.key.string() + "\"\n");
    };
    configured(files);
    pusherd_server server(folder.data(),
                          {"--config", folder.file("pusherd.toml").string(), "--listen", "tls:127.0.0.1:0"});
    const std::uint16_t port = port_in(server.process().wait_for_line(" (TLS)"));
    const temporary_folder others;
    configured(test_certificate({.name = "another"}).write(others.path()));
    server.process().signal(SIGHUP);
    BOOST_TEST(server.process().wait_for_line("changed: ").find("tls-cert, tls-key") != std::string::npos);
    tls_client any;
    BOOST_TEST(http_client(port, {}, &any).get("/health").status == 200);
    BOOST_TEST(any.server_name() == "another");
}

BOOST_FIXTURE_TEST_CASE(an_inherited_socket_named_tls_speaks_tls, folder_with_certificate) {
    const opened_socket clear;
    const opened_socket secret;
    std::vector<std::string> arguments{"serve", "--data", folder.data().string()};
    for (const std::string& option : with_certificate()) arguments.push_back(option);
    pusherd_process server({.arguments = arguments,
                            .environment = {{"LISTEN_FDNAMES", "http:tls"}},
                            .sockets = {clear.descriptor(), secret.descriptor()}});
    (void)server.wait_for_line("listening on 127.0.0.1:" + std::to_string(secret.port()) + " (TLS) (inherited)");
    BOOST_TEST(http_client(clear.port()).get("/health").status == 200);
    BOOST_TEST(http_client(secret.port(), {}, &client).get("/health").status == 200);
    server.signal(SIGTERM);
    BOOST_TEST(server.wait().status == 0);
}

BOOST_FIXTURE_TEST_CASE(sighup_without_tls_does_nothing, folder_with_certificate) {
    pusherd_server plain(folder.data());
    plain.process().signal(SIGHUP);
    BOOST_TEST(plain.client().get("/health").status == 200);
    BOOST_TEST(plain.stop().status == 0);
}

BOOST_FIXTURE_TEST_CASE(a_request_that_never_ends_is_cut_off_after_the_drain, folder_with_certificate) {
    pusherd_server server(folder.data(), with_certificate({"--listen", "tls:127.0.0.1:0", "--drain", "0"}));
    const std::uint16_t port = port_in(server.process().wait_for_line(" (TLS)"));
    http_connection half(port, &client);
    half.send("GET /health HT");
    std::this_thread::sleep_for(100ms);
    BOOST_TEST(server.stop().status == 0);
    BOOST_TEST(half.is_closed_within(10s));
}

BOOST_FIXTURE_TEST_CASE(openssl_is_loaded_for_tls_alone, folder_with_certificate) {
    pusherd_server plain(folder.data(), with_certificate());
    BOOST_TEST(libraries_of(plain.process().pid()).find("libssl") == std::string::npos);
    BOOST_TEST(libraries_of(plain.process().pid()).find("libcrypto") == std::string::npos);
    pusherd_server tls(folder.data(), with_certificate({"--listen", "tls:127.0.0.1:0"}));
    BOOST_TEST(libraries_of(tls.process().pid()).find("libssl") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(files_that_cannot_be_used_are_one_line_and_exit_1_before_anything_is_touched,
                        folder_with_certificate) {
    const auto check = [&](const std::string& reason) {
        const process_end end = serve(with_certificate());
        BOOST_TEST(end.is_refusal(1), end.status << ": " << end.err);
        BOOST_TEST(end.err.find(reason) != std::string::npos, end.err);
        BOOST_TEST(!std::filesystem::exists(folder.data()));
    };
    write_file(files.key, certificate.encrypted_key());
    check("encrypted");
    write_file(files.key, test_certificate().key());
    check("not the key of the first certificate");
    files.key = "/nonexistent/key.pem";
    check("No such file");
    files = test_certificate({.begins = -2h, .ends = -1h}).write(secrets.path());
    check("expired");
    write_file(files.chain, "nonsense");
    check("no certificate");
}

BOOST_FIXTURE_TEST_CASE(tls_without_a_certificate_or_a_key_is_unusable, folder_with_certificate) {
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{}, {"--tls-cert", files.chain.string()}, {"--tls-key", files.key.string()}}) {
        const process_end end = serve(options);
        BOOST_TEST(end.is_refusal(2), end.status << ": " << end.err);
        BOOST_TEST(!std::filesystem::exists(folder.data()));
    }
}

BOOST_FIXTURE_TEST_CASE(a_key_that_others_may_read_is_warned_of, folder_with_certificate) {
    std::filesystem::permissions(files.key, std::filesystem::perms(0644));
    pusherd_server server(folder.data(), with_certificate({"--listen", "tls:127.0.0.1:0"}));
    BOOST_TEST(server.process().wait_for_line("may read the key").find(" warning ") != std::string::npos);
    std::filesystem::permissions(files.key, std::filesystem::perms(0640));  // a group is chosen by who runs the machine
    pusherd_server another(folder.data(), with_certificate({"--listen", "tls:127.0.0.1:0"}));
    BOOST_TEST(another.process().errors().find("warning") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_files_may_come_from_the_environment_and_from_a_file, folder_with_certificate) {
    const pusherd_server by_environment(
        folder.data(), {"--listen", "tls:127.0.0.1:0"},
        {{"PUSHERD_TLS_CERT", files.chain.string()}, {"PUSHERD_TLS_KEY", files.key.string()}});
    write_file(folder.file("pusherd.toml"), "listen = [\"127.0.0.1:0\", \"tls:127.0.0.1:0\"]\ntls-cert = \"" +
                                                files.chain.string() + "\"\ntls-key = \"" + files.key.string() +
                                                "\"\n");
    pusherd_process by_file(
        {.arguments = {"serve", "--data", folder.data().string(), "--config", folder.file("pusherd.toml").string()}});
    http_client through_tls(port_in(by_file.wait_for_line(" (TLS)")), {}, &client);
    BOOST_TEST(through_tls.get("/health").body == "OK");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
