// Where an access token must never be: in the log, in an answer, in what the commands print, in what the system shows
// of the process, in the data folder, and in the memory of a server that has nothing to do.

#include "persistence/files/data_folder.hpp"
#include "persistence/records/bytes.hpp"
#include "persistence/records/keys.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"
#include "tests/system/process_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

namespace fs = std::filesystem;

const std::string app = "org.example.app";
const std::string list = "/_matrix/client/v3/pushers";
const std::string set = "/_matrix/client/v3/pushers/set";

// As it is, as programs may write it, and by what only its owner can know of it. Its short id has 8 digits.
std::vector<std::string> forms_of(const std::string& token) {
    const auto digest = persistence::sha256(token);
    const std::string bytes(persistence::as_bytes(digest));
    return {token.substr(token.size() / 2), token.substr(0, token.size() / 2), bytes.substr(0, 16),
            persistence::to_hex(bytes).substr(0, 10)};
}

void check_silent(const std::string& text, const std::vector<std::string>& tokens, std::string_view where) {
    for (const std::string& token : tokens)
        for (const std::string& form : forms_of(token))
            if (const std::size_t at = text.find(form); at != std::string::npos)
                BOOST_ERROR(where << " shows a token: " << text.substr(at - std::min<std::size_t>(at, 200), 400));
}

std::string with_kind(const std::string& kind) {
    std::string body = pusher_body(app, "key");
    return body.replace(body.find("http"), 4, kind);
}

/// Every kind of request with a token in its head, where it belongs and where it does not.
std::vector<std::string> heads_with(const std::string& token) {
    const std::string good = pusher_body(app, "key");
    const std::string bearer = "Authorization: Bearer " + token + "\r\n";
    const std::string head = " HTTP/1.1\r\nHost: h\r\n";
    return {
        request("GET", list, token),
        request("HEAD", list, token),
        request("GET", list + "?access_token=" + token),
        request("GET", list + "?access_token=" + token + "&access_token=" + token),
        request("GET", list + "?access_token=" + token, token),
        request("GET", list, token, {}, bearer),
        request("GET", list + "?" + token),
        request("GET", list + "/" + token, token),
        request("GET", "/" + token),
        request("GET", "http://" + token + list, token),
        request("GET", list, token, good),
        request("OPTIONS", list, token),
        request("DELETE", list, token),
        request(token, list, token),
        request("POST", set, token, good),
        request("POST", set, token, good),
        request("POST", set + "?access_token=" + token, {}, pusher_body(app, "other")),
        request("POST", set, token, removal_body(app, "key")),
        request("POST", set, token, std::string(70'000, ' ')),
        request("POST", set, token, {}, "Expect: 100-continue\r\n"),
        request("POST", set, token, {}, "Transfer-Encoding: chunked\r\n"),
        "GET " + list + head + bearer + " folded\r\n\r\n",
        "GET " + list + head + "Authorization: Bearer " + token + "\n\r\n",
        "GET " + list + head + "Authorization: Basic " + token + "\r\n\r\n",
        "GET " + list + head + bearer + token + "\r\n\r\n",
        "GET " + list + head + bearer + "X: " + std::string(17'000, 'x') + "\r\n\r\n",
        "GET " + list + " " + token + "\r\n\r\n",
        token + "\r\n\r\n",
    };
}

/// Requests that have come to hold a token elsewhere, as well.
std::vector<std::string> requests_with(const std::string& token) {
    std::vector<std::string> all = heads_with(token);
    const std::string chunked = "Authorization: Bearer " + token + "\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string& body :
         {pusher_body(token + token, token, token), token, R"({")" + token + R"(":1})", with_kind(token)})
        all.push_back(request("POST", set, token, body));
    all.push_back("POST " + set + " HTTP/1.1\r\nHost: h\r\n" + chunked + token + "\r\n");
    return all;
}

// All that comes back, whatever it is.
std::string send(std::uint16_t port, const std::string& bytes) {
    std::string all;
    try {
        http_connection connection(port);
        connection.send(bytes);
        connection.shutdown_send();
        for (;;) {
            const answer got = connection.read_answer(bytes.starts_with("HEAD"));
            for (const auto& [name, value] : got.fields) ((all += name) += ':') += value + '\n';
            all += got.body;
        }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the end of the connection
    }
    return all;
}

std::string read_if_allowed(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string shown_by_the_system(pid_t process) {
    const fs::path folder = "/proc/" + std::to_string(process);
    std::string all;
    for (const char* name : {"cmdline", "comm", "environ", "status", "stat", "maps"})
        all += read_if_allowed(folder / name);
    for (const auto& thread : fs::directory_iterator(folder / "task")) all += read_if_allowed(thread.path() / "comm");
    return all;
}

struct secrets {
    pusherd_folder folder;
    std::string known = folder.issue("@alice:example.org", "PHONE");
    std::string revoked = folder.issue("@bob:example.org");
    std::string unknown = "pusherd_NobodyHasEverBeenGivenThisOne0123456789AbCdE";
    std::string service = of_a_service();
    std::vector<std::string> all{known, revoked, unknown, service};

    secrets() { folder.print({"token", "revoke", "-"}, revoked); }

    std::string of_a_service() const {
        std::string token = folder.print({"token", "issue", "--service", "homeserver"});
        token.pop_back();
        return token;
    }
};

// A map that is full soon, so that sets fail as well; and a burst that ends, so that some are refused.
const std::vector<std::string> troubled{"--map-size",  "262144", "--set-rate",  "0.001",
                                        "--set-burst", "60",     "--log-level", "debug"};

void fill_map(http_client client) {
    const std::string url = "https://push.example.org/_matrix/push/v1/notify";
    for (int i = 0; i < 90; ++i) {
        const std::string body = pusher_body(app, "filler" + std::to_string(i));
        (void)client.set(body.substr(0, body.size() - 2) + R"(,"x":")" + std::string(3000, 'x') + R"("}})");
    }
}

template <class Condition>
bool comes_true(Condition&& condition) {
    for (int i = 0; i < 500; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_secrecy)

BOOST_FIXTURE_TEST_CASE(no_token_is_in_a_log_or_an_answer_or_in_what_the_system_shows, secrets) {
    for (const std::string format : {"text", "json"}) BOOST_TEST_CONTEXT(format) {
            std::vector<std::string> options = troubled;
            options.insert(options.end(), {"--log-format", format});
            pusherd_server server(folder.data(), options);
            std::string answers;
            const auto send_all = [&] {
                for (const std::string& token : all)
                    for (const std::string& each : requests_with(token)) answers += send(server.port(), each);
            };
            send_all();
            check_silent(shown_by_the_system(server.process().pid()), all, "/proc");
            fill_map(server.client(known));
            send_all();
            for (const char* errcode : {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_FORBIDDEN", "M_UNRECOGNIZED",
                                        "M_NOT_JSON", "M_INVALID_PARAM", "M_TOO_LARGE", "M_LIMIT_EXCEEDED"})
                BOOST_TEST(answers.find(errcode) != std::string::npos, errcode);
            check_silent(answers, all, "an answer");
            const process_end& end = server.stop();
            BOOST_TEST(end.err.find("could not be stored") != std::string::npos, end.err);
            check_silent(end.out + end.err, all, "the log");
        }
}

BOOST_FIXTURE_TEST_CASE(no_token_is_in_what_commands_print_or_in_the_data_folder, secrets) {
    folder.print({"token", "import", "-"}, unknown + "\t@carol:example.org\n");
    pusherd_server server(folder.data());
    BOOST_TEST(server.client(known).set(pusher_body(app, "key")).status == 200);
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"stat"}, {"stat", "--json"}, {"verify"}, {"token", "list"}, {"token", "list", "@alice:example.org"}}) {
        const process_end end = folder.run(command);
        BOOST_TEST(end.status == 0);
        check_silent(end.out + end.err, all, command.front());
    }
    for (const auto& [path, bytes] : contents_of(folder.data()))
        for (const std::string& token : all) BOOST_TEST(bytes.find(token.substr(8)) == std::string::npos, path);
    BOOST_TEST(read_file(folder.data() / "data.mdb").find("@alice:example.org") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_token_on_the_command_line_is_gone_while_the_command_waits, secrets) {
    auto turn = std::make_optional(persistence::file_lock::wait_for(folder.data()));
    pusherd_process revoke({.arguments = {"token", "revoke", known, "--data", folder.data().string()}});
    std::string shown;
    BOOST_TEST(comes_true([&] {
        shown = shown_by_the_system(revoke.pid());
        return shown.find("revoke") != std::string::npos && shown.find(known) == std::string::npos;
    }));
    BOOST_TEST(shown.find("--data") != std::string::npos, shown);
    check_silent(shown, all, "/proc");
    turn.reset();
    BOOST_TEST(revoke.wait().status == 0);
    BOOST_TEST(revoke.wait().out.starts_with("1 token revoked"));
}

BOOST_FIXTURE_TEST_CASE(an_idle_server_has_no_token_in_its_memory, secrets,
                        *boost::unit_test::precondition(memory_can_be_looked_at)) {
    // Otherwise nobody might look inside (PR_SET_DUMPABLE).
    pusherd_server server(folder.data(), {"--core-dumps", "--map-size", "16M", "--threads", "2", "--set-rate", "0"});
    const pid_t process = server.process().pid();
    for (const std::string& token : all)
        for (const std::string& each : heads_with(token)) (void)send(server.port(), each);
    http_client idle = server.client(known);
    BOOST_TEST(idle.set(pusher_body(app, "key")).status == 200);
    BOOST_TEST(idle.get().status == 200);

    // The way of looking finds what is there: the token of a request whose body is awaited.
    http_connection unfinished(server.port());
    unfinished.send("GET " + list + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nAuthorization: Bearer " + known +
                    "\r\n\r\n");
    BOOST_TEST(comes_true([&] { return memory_holds(process, known.substr(20, 20)); }));
    unfinished.send("x");
    BOOST_TEST(unfinished.read_answer().status == 200);

    for (const std::string& token : all)
        BOOST_TEST(comes_true([&] { return !memory_holds(process, token.substr(20, 20)); }), token);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
