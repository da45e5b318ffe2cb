// The addresses that `serve` listens on, and what it says about them.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(listen)

BOOST_AUTO_TEST_CASE(several_addresses_are_served_each_with_its_line_and_real_port) {
    const pusherd_folder folder;
    pusherd_process server({.arguments = {"serve", "--data", folder.data().string(), "--listen", "127.0.0.1:0",
                                          "--listen", "127.0.0.1:0", "--listen", "localhost:0"}});
    const std::string last = server.wait_for_line("listening on ", 3);
    std::set<std::uint16_t> ports;
    for (const std::string& line : lines_of(server.errors()))
        if (line.find("listening on 127.0.0.1:") != std::string::npos) ports.insert(port_in(line));
    BOOST_TEST(ports.size() >= 2U);
    BOOST_TEST(!ports.contains(0));
    BOOST_TEST(port_in(last) != 0);
    for (const std::uint16_t port : ports) BOOST_TEST(http_client(port).get("/health").body == "OK");
}

BOOST_AUTO_TEST_CASE(the_line_with_the_port_comes_whatever_the_log_level) {
    for (const char* level : {"debug", "info", "warning", "error"}) {
        const pusherd_folder folder;
        pusherd_server server(folder.data(), {"--log-level", level});
        BOOST_TEST(server.client().get("/health").status == 200);
        BOOST_TEST(server.stop().status == 0);
    }
}

BOOST_AUTO_TEST_CASE(the_line_comes_once_it_answers_and_nothing_goes_to_stdout) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    for (int i = 0; i < 5; ++i) {
        pusherd_server server(folder.data());
        BOOST_TEST(server.client(token).set(pusher_body("org.example.app", "key")).status == 200);
        BOOST_TEST(server.stop().out == "");
    }
}

BOOST_AUTO_TEST_CASE(the_json_format_is_one_object_a_line) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--log-format", "json", "--log-level", "debug"});
    const std::string token = folder.issue("@alice:example.org");
    BOOST_TEST(server.client(token).set(pusher_body("org.example.app", "key")).status == 200);
    const process_end& end = server.stop();
    BOOST_TEST(end.status == 0);
    BOOST_TEST(!lines_of(end.err).empty());
    for (const std::string& line : lines_of(end.err)) {
        boost::system::error_code problem;
        BOOST_TEST(boost::json::parse(line, problem).is_object(), line);
        BOOST_TEST(!problem, line);
    }
}

BOOST_AUTO_TEST_CASE(the_text_format_is_one_line_each_with_its_level) {
    const pusherd_folder folder;
    pusherd_server server(folder.data());
    const process_end& end = server.stop();
    for (const std::string& line : lines_of(end.err)) BOOST_TEST(line.find(" info ") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(under_systemd_each_line_begins_with_its_priority) {
    for (const char* format : {"text", "json"}) {
        const pusherd_folder folder;
        pusherd_process server({.arguments = {"serve", "--data", folder.data().string(), "--listen", "127.0.0.1:0",
                                              "--log-format", format},
                                .is_logged_to_journal = true});
        (void)server.wait_for_line("listening on ");
        server.signal(SIGTERM);
        for (const std::string& line : lines_of(server.wait().err)) BOOST_TEST(line.starts_with("<6>"), line);
    }
}

BOOST_AUTO_TEST_CASE(under_systemd_what_ends_a_command_has_the_priority_of_an_error) {
    const pusherd_folder folder;
    const std::string no_folder = folder.file("a file").string();
    write_file(no_folder, "x");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"serve", "--data", no_folder}, {"serve", "--threads", "none"}, {"stat", "--none"}}) {
        pusherd_process command({.arguments = arguments, .is_logged_to_journal = true});
        const process_end& end = command.wait();
        BOOST_TEST(end.status != 0);
        BOOST_TEST(end.err.starts_with("<3>pusherd: "), end.err);
        BOOST_TEST(lines_of(end.err).size() == 1U, end.err);
    }
}

BOOST_AUTO_TEST_CASE(at_level_error_there_is_but_the_line_with_the_port) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--log-level", "error"});
    BOOST_TEST(server.client().get("/health").status == 200);
    BOOST_TEST(lines_of(server.stop().err).size() == 1U);
}

BOOST_AUTO_TEST_CASE(no_token_ever_appears_in_the_log) {
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    pusherd_server server(folder.data(), {"--log-level", "debug", "--max-body", "1000"});
    const std::string by_query = "/_matrix/client/v3/pushers?access_token=" + token;
    http_client(server.port()).get(by_query);
    http_client(server.port()).send("PATCH", by_query);
    http_client(server.port()).get("/nowhere?access_token=" + token);
    http_client alice = server.client(token);
    alice.set(pusher_body("org.example.app", "key"));
    alice.set("nonsense " + token);
    alice.set(std::string(2000, ' '));
    server.client("unknown-" + token).get();
    http_connection broken(server.port());
    BOOST_TEST(broken.send("GET " + by_query + " HTTP/1.1\r\nHost: x\r\nBad Field " + token + "\r\n\r\n"));
    BOOST_TEST(broken.read_answer().status == 400);
    http_connection half(server.port());
    BOOST_TEST(half.send("GET " + by_query));
    folder.print({"token", "revoke", token});
    BOOST_TEST(alice.get().status == 401);
    BOOST_TEST(server.stop().err.find(token) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
