// `serve` with --listen unix:…, through the real binary.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <grp.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

struct socket_server {
    pusherd_folder folder;
    fs::path path = folder.file("http");
    std::string address = "unix:" + path.string();

    [[nodiscard]] invocation serve(std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"serve", "--data", folder.data().string(), "--listen", address});
        return {.arguments = std::move(more)};
    }

    [[nodiscard]] int ask(const std::string& bytes) const {
        http_connection connection(path);
        connection.send(bytes);
        return connection.read_answer().status;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(listen_unix, socket_server)

BOOST_AUTO_TEST_CASE(sets_and_lists_go_by_it_and_it_is_gone_after_the_stop) {
    pusherd_process server(serve());
    BOOST_TEST(server.wait_for_line("listening on ").ends_with("listening on " + address));
    BOOST_TEST(mode_of(path) == 0660U);
    const std::string token = folder.issue("@alice:example.org");
    BOOST_TEST(ask(request("POST", "/_matrix/client/v3/pushers/set", token, pusher_body("app", "key"))) == 200);
    http_connection connection(path);
    for (int i = 0; i < 100; ++i) connection.send(request("GET", "/_matrix/client/v3/pushers", token));
    for (int i = 0; i < 100; ++i) BOOST_TEST(pushkeys_in(connection.read_answer()) == "key ");
    server.signal(SIGTERM);
    BOOST_TEST(server.wait().status == 0);
    BOOST_TEST(!fs::exists(path));
    BOOST_TEST(connection.is_closed_within(std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_CASE(after_a_kill_the_next_server_takes_the_path_over) {
    for (int i = 0; i < 3; ++i) {
        pusherd_process server(serve());
        (void)server.wait_for_line("listening on ");
        BOOST_TEST(ask(request("GET", "/health")) == 200);
        server.signal(SIGKILL);
        (void)server.wait();
        BOOST_TEST(fs::is_socket(path));
    }
}

BOOST_AUTO_TEST_CASE(a_second_server_is_refused_and_the_first_goes_on) {
    pusherd_process first(serve());
    (void)first.wait_for_line("listening on ");
    const pusherd_folder other;
    const process_end second =
        run_pusherd({.arguments = {"serve", "--data", other.data().string(), "--listen", address}});
    BOOST_TEST(second.is_refusal(1), second.err);
    BOOST_TEST(second.err.find("somebody listens there already") != std::string::npos, second.err);
    BOOST_TEST(!fs::exists(other.data()));
    BOOST_TEST(ask(request("GET", "/health")) == 200);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_socket_is_refused_and_stays) {
    write_file(path, "precious");
    const process_end end = run_pusherd(serve());
    BOOST_TEST(end.is_refusal(1), end.err);
    BOOST_TEST(read_file(path) == "precious");
    BOOST_TEST(!fs::exists(folder.data()));
}

BOOST_AUTO_TEST_CASE(mode_and_group_can_be_chosen) {
    pusherd_process server(serve({"--unix-mode", "0666", "--unix-group", ::getgrgid(::getegid())->gr_name}));
    (void)server.wait_for_line("listening on ");
    BOOST_TEST(mode_of(path) == 0666U);
    BOOST_TEST(ask(request("GET", "/health")) == 200);
}

BOOST_AUTO_TEST_CASE(modes_and_groups_that_are_none_are_refused) {
    for (const char* mode : {"0888", "1777", "rw", "", "-1", "0x1b", "0", "432"})
        BOOST_TEST(run_pusherd(serve({std::string("--unix-mode=") + mode})).is_refusal(2), mode);
    for (const char* line : {"unix-mode = 0o660", "unix-mode = 888"}) {
        write_file(folder.file("pusherd.toml"), line);
        BOOST_TEST(run_pusherd(serve({"--config", folder.file("pusherd.toml").string()})).is_refusal(2), line);
    }
    BOOST_TEST(run_pusherd(serve({"--unix-group", "no-such-group"})).is_refusal(1));
}

BOOST_AUTO_TEST_CASE(it_stands_beside_a_port) {
    pusherd_server server(folder.data(), {"--listen", address});
    (void)server.process().wait_for_line("listening on unix:");
    BOOST_TEST(ask(request("GET", "/health")) == 200);
    BOOST_TEST(server.client().get("/health").status == 200);
    BOOST_TEST(server.stop().status == 0);
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
