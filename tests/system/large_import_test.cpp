// An import of many tokens while a server runs: nobody is refused, and all tokens come at the same moment.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <atomic>
#include <exception>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr int tokens = 200'000;

std::string token_name(int number) { return "imported-" + std::to_string(number); }

void write_token_file(const std::filesystem::path& path) {
    std::string lines;
    for (int i = 0; i < tokens; ++i)
        lines += token_name(i) + "\t@user" + std::to_string(i % 50'000) + ":example.org\tDEVICE\r\n";
    write_file(path, lines);
}

/// Sets over one connection until it is told to stop; counts what was not answered with 200.
class busy_client {
public:
    busy_client(std::uint16_t port, std::string token, const std::atomic<bool>& done)
        : thread_([this, port, token = std::move(token), &done] {
              try {
                  http_client client(port, token);
                  const std::string key = token.substr(token.size() - 8);
                  for (int i = 0; !done; ++i, ++answered_)
                      if (client.set(pusher_body("org.example.app", key, std::to_string(i))).status != 200) ++wrong_;
              } catch (const std::exception&) {
                  ++wrong_;
              }
          }) {}
    ~busy_client() {
        if (thread_.joinable()) thread_.join();
    }
    busy_client(const busy_client&) = delete;
    busy_client& operator=(const busy_client&) = delete;

    void check() {
        thread_.join();
        BOOST_TEST(wrong_ == 0);
        BOOST_TEST(answered_ > 0);
    }

private:
    std::atomic<int> answered_ = 0;
    std::atomic<int> wrong_ = 0;
    std::thread thread_;  // last: it uses the others
};

}  // namespace

BOOST_AUTO_TEST_SUITE(large_import)

BOOST_AUTO_TEST_CASE(while_200000_tokens_are_imported_all_sets_are_answered_and_all_or_nothing_is_visible) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0", "--threads", "4"});
    std::atomic<bool> done = false;
    std::atomic<bool> imported = false;
    write_token_file(folder.file("tokens"));
    busy_client alice(server.port(), folder.issue("@alice:example.org"), done);
    busy_client bob(server.port(), folder.issue("@bob:example.org"), done);

    std::string printed;
    std::thread importer([&] {
        printed = folder.run({"token", "import", folder.file("tokens").string()}).out;
        imported = true;
    });
    // Spread over the file, and so over the transactions: once one of them is valid, all are.
    std::vector<http_client> watchers;
    for (int i = 0; i < tokens; i += tokens / 8) watchers.push_back(server.client(token_name(i)));
    int torn = 0;
    bool is_last_look = false;
    while (!is_last_look) {
        is_last_look = imported;
        bool seen = false;
        for (http_client& each : watchers) {
            const bool is_valid = each.get().status == 200;
            torn += seen && !is_valid ? 1 : 0;
            seen = seen || is_valid;
        }
        torn += is_last_look && !seen ? 1 : 0;
    }
    importer.join();
    BOOST_TEST(printed == std::to_string(tokens) + "\n");
    BOOST_TEST(torn == 0);
    done = true;
    alice.check();
    bob.check();
    BOOST_TEST(folder.stat("tokens") == std::uint64_t{tokens} + 2);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
    BOOST_TEST(server.stop().status == 0);
}

BOOST_AUTO_TEST_CASE(an_import_that_is_killed_leaves_nothing_visible_and_can_be_repeated) {
    const pusherd_folder folder;
    pusherd_server server(folder.data());
    write_token_file(folder.file("tokens"));
    const auto before = folder.stat("last_transaction");
    {
        pusherd_process import(
            {.arguments = {"token", "import", folder.file("tokens").string(), "--data", folder.data().string()}});
        while (folder.stat("last_transaction") < before + 3) {
        }
        import.signal(SIGKILL);
        if (import.wait().status == 0) return;  // it was faster
    }
    BOOST_TEST(folder.stat("tokens") == 0U);
    BOOST_TEST(server.client(token_name(0)).get().status == 401);
    BOOST_TEST(folder.print({"token", "list"}) == "");
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
    folder.print({"token", "import", folder.file("tokens").string()});
    BOOST_TEST(folder.stat("tokens") == std::uint64_t{tokens});
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
