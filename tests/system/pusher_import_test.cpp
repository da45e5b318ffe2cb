// Imports of many pushers beside a running server, and imports that are killed.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>

namespace pusherd::testing {
namespace {

constexpr int pushers = 60'000;  // several transactions

std::string user(int number) {
    char id[64];
    std::snprintf(id, sizeof id, "@user%05d:example.org", number);
    return id;
}

// In the order of an export.
std::string lines() {
    std::string all;
    for (int i = 0; i < pushers; ++i) {
        const std::string body = pusher_body("org.example.app", "key" + std::to_string(i));
        // As an export has them: in the order of a list.
        const auto pusher = boost::json::parse(body).as_object();
        all += R"({"user_id":")" + user(i / 3) + R"(","created_ts":)" + std::to_string(i) + R"(,"updated_ts":2,)" +
               R"("app_id":"org.example.app","pushkey":"key)" + std::to_string(i) +
               R"(","kind":"http","app_display_name":)" + boost::json::serialize(pusher.at("app_display_name")) +
               R"(,"device_display_name":)" + boost::json::serialize(pusher.at("device_display_name")) +
               R"(,"lang":"en","data":)" + boost::json::serialize(pusher.at("data")) + "}\n";
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pusher_imports)

BOOST_AUTO_TEST_CASE(while_pushers_are_imported_all_sets_are_answered_and_a_user_has_all_of_them_or_none) {
    const pusherd_folder folder;
    pusherd_server server(folder.data(), {"--set-rate", "0", "--threads", "4"});
    write_file(folder.file("lines"), lines());
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    std::atomic<int> answered = 0;
    std::thread alice([&, token = folder.issue("@alice:example.org")] {
        try {
            http_client client = server.client(token);
            for (int i = 0; !done; ++i, ++answered)
                if (client.set(pusher_body("org.example.app", "alice", std::to_string(i))).status != 200) ++wrong;
        } catch (const std::exception&) {
            ++wrong;
        }
    });
    std::thread watcher([&, token = folder.issue(user(pushers / 6))] {
        try {
            http_client client = server.client(token);
            while (!done) {
                const std::size_t seen = client.get().json().at("pushers").as_array().size();
                if (seen != 0 && seen != 3) ++wrong;
            }
        } catch (const std::exception&) {
            ++wrong;
        }
    });
    const process_end import = folder.run({"import", folder.file("lines").string()});
    done = true;
    alice.join();
    watcher.join();
    BOOST_TEST(import.out == std::to_string(pushers) + "\n");
    BOOST_TEST(wrong == 0);
    BOOST_TEST(answered > 0);
    BOOST_TEST(folder.stat("pushers") == std::uint64_t{pushers} + 1);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok: "));
    BOOST_TEST(server.stop().status == 0);
}

BOOST_AUTO_TEST_CASE(an_import_that_is_killed_leaves_whole_users_and_can_be_repeated) {
    const pusherd_folder folder;
    const pusherd_server server(folder.data());
    const std::string all = lines();
    write_file(folder.file("lines"), all);
    const auto before = folder.stat("last_transaction");
    {
        pusherd_process import(
            {.arguments = {"import", folder.file("lines").string(), "--data", folder.data().string()}});
        while (folder.stat("last_transaction") < before + 3) {
        }
        import.signal(SIGKILL);
        import.wait();
    }
    BOOST_TEST(folder.print({"verify"}).starts_with("ok: "));
    BOOST_TEST(folder.stat("pushers") % 3 == 0U);
    const std::string part = folder.print({"export"});
    BOOST_TEST(!part.empty());
    BOOST_TEST(all.starts_with(part));
    folder.print({"import", folder.file("lines").string()});
    BOOST_TEST((folder.print({"export"}) == all));
    BOOST_TEST(folder.print({"verify"}).starts_with("ok: "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
