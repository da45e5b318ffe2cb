// Commands, and the start of the server, while calls fail: done, or one line that says why not, and nothing half done.

#include "persistence/registry/verify.hpp"
#include "tests/faults/fault_injector.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

// A start allocates thousands of times, mostly to read the command line. All of them take minutes: see ./dev faults.
std::uint64_t after(std::uint64_t nth) {
    static const bool all = std::getenv("EVERY_FAULT") != nullptr;
    return all ? nth + 1 : nth + 1 + nth / 8;
}

/// A command on a database, with a call failing.
class faulty_command {
public:
    [[nodiscard]] process_end run(std::vector<std::string> command, const fault& how) {
        command.insert(command.end(), {"--data", folder_.data().string()});
        faults_->arm(how);
        process_end ended = run_pusherd({.arguments = std::move(command), .environment = faults_->environment()});
        failed_ = faults_->disarm();
        return ended;
    }

    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
    [[nodiscard]] const pusherd_folder& folder() const noexcept { return folder_; }
    [[nodiscard]] fault_injector& faults() noexcept { return *faults_; }

private:
    pusherd_folder folder_;
    std::unique_ptr<fault_injector> faults_ = std::make_unique<fault_injector>(folder_.file("fault-orders"));
    std::uint64_t failed_ = 0;
};

const std::vector<fault> of_every_kind{{.kind = call_kind::write, .error = ENOSPC},
                                       {.kind = call_kind::write, .error = ENOSPC, .tears = true},
                                       {.kind = call_kind::sync, .error = EIO},
                                       {.kind = call_kind::map, .error = ENOMEM},
                                       {.kind = call_kind::descriptor, .error = EMFILE},
                                       {.kind = call_kind::watch, .error = ENOMEM},
                                       {.kind = call_kind::allocation, .error = ENOMEM},
                                       {.kind = call_kind::allocation, .error = ENOMEM, .is_lasting = true}};

const std::string pusher_lines =
    R"({"user_id":"@alice:example.org","created_ts":1,"updated_ts":2,"app_id":"m.email","pushkey":"a@b","kind":"email",)"
    R"("app_display_name":"","device_display_name":"","lang":"en","data":{}})"
    "\n"
    R"({"user_id":"@bob:example.org","created_ts":1,"updated_ts":2,"app_id":"m.email","pushkey":"a@b","kind":"email",)"
    R"("app_display_name":"","device_display_name":"","lang":"en","data":{}})"
    "\n";

std::string name_of(const fault& how) {
    return "kind " + std::to_string(static_cast<unsigned>(how.kind)) + ", call " + std::to_string(how.nth);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(start_faults)

BOOST_AUTO_TEST_CASE(a_command_does_all_or_says_in_one_line_that_it_does_nothing) {
    faulty_command on;
    // With all calls failing in turn, minutes pass between two requests.
    pusherd_server server(on.folder().data(), {"--set-rate", "0", "--idle-timeout", "86400"});
    http_client alice = server.client(on.folder().issue("@alice:example.org"));
    for (fault how : of_every_kind) {
        std::uint64_t runs = 0;
        for (how.nth = 1;; how.nth = after(how.nth)) {
            const std::uint64_t before = on.folder().stat("tokens");
            const process_end ended = on.run({"token", "issue", "@carol:example.org"}, how);
            ++runs;
            if (ended.status == 0) {
                http_client carol = server.client(ended.out.substr(0, ended.out.find('\n')));
                BOOST_TEST(carol.get().status == 200);
                BOOST_TEST(on.folder().stat("tokens") == before + 1);
            } else {
                BOOST_TEST(ended.is_refusal(), name_of(how) << ": " << ended.status << ' ' << ended.err);
                BOOST_TEST(on.folder().stat("tokens") - before <= 1U);
            }
            if (on.failed() == 0) break;
        }
        BOOST_TEST_MESSAGE(name_of(how) << ": " << runs << " runs");
        BOOST_TEST(alice.set(pusher_body("org.example.app", "key")).status == 200);
        BOOST_TEST(alice.set(removal_body("org.example.app", "key")).status == 200);
    }
    BOOST_TEST(on.folder().print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(a_backup_is_a_good_one_or_leaves_nothing_that_looks_like_one) {
    faulty_command on;
    on.folder().print({"import", "-"}, pusher_lines);
    for (fault how : of_every_kind) {
        std::uint64_t runs = 0;
        for (how.nth = 1;; how.nth = after(how.nth)) {
            const auto backup = on.folder().file("backup");
            const process_end ended = on.run({"backup", backup.string()}, how);
            ++runs;
            if (ended.status == 0)
                BOOST_TEST(run_pusherd({.arguments = {"verify", "--data", backup.string()}}).out.starts_with("ok: "));
            else
                BOOST_TEST(ended.is_refusal(), name_of(how) << ": " << ended.status << ' ' << ended.err);
            BOOST_TEST(std::filesystem::exists(backup) == (ended.status == 0), name_of(how));
            std::filesystem::remove_all(backup);
            if (on.failed() == 0) break;
        }
        BOOST_TEST_MESSAGE(name_of(how) << ": " << runs << " runs");
    }
}

BOOST_AUTO_TEST_CASE(an_import_is_done_or_says_in_one_line_why_not_and_can_be_repeated) {
    for (fault how : of_every_kind) {
        faulty_command on;
        (void)on.folder().issue("@carol:example.org");
        std::uint64_t runs = 0;
        for (how.nth = 1;; how.nth = after(how.nth)) {
            on.folder().print({"user", "remove", "@alice:example.org"});
            write_file(on.folder().file("lines"), pusher_lines);
            const process_end ended = on.run({"import", on.folder().file("lines").string()}, how);
            ++runs;
            if (ended.status == 0)
                BOOST_TEST(on.folder().print({"export"}) == pusher_lines, name_of(how));
            else
                BOOST_TEST(ended.is_refusal(), name_of(how) << ": " << ended.status << ' ' << ended.err);
            if (on.failed() == 0) break;
        }
        BOOST_TEST_MESSAGE(name_of(how) << ": " << runs << " runs");
        BOOST_TEST(on.folder().print({"import", "-"}, pusher_lines) == "2\n");
        BOOST_TEST(on.folder().print({"verify"}).starts_with("ok: "));
    }
}

BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_created_can_be_created_later) {
    for (fault how : of_every_kind) {
        if (how.kind == call_kind::allocation) continue;  // those are above
        for (how.nth = 1;; ++how.nth) {
            faulty_command on;
            const process_end ended = on.run({"token", "issue", "@alice:example.org"}, how);
            if (ended.status != 0)
                BOOST_TEST(ended.is_refusal(), name_of(how) << ": " << ended.status << ' ' << ended.err);
            const process_end again = on.folder().run({"token", "issue", "@bob:example.org"});
            BOOST_TEST(again.status == 0, name_of(how) << ": " << again.err);
            BOOST_TEST(on.folder().print({"verify"}).starts_with("ok"));
            if (on.failed() == 0) break;
        }
    }
}

BOOST_AUTO_TEST_CASE(a_server_starts_or_says_in_one_line_why_not) {
    faulty_command on;
    const std::string token = on.folder().issue("@alice:example.org");
    for (fault how : of_every_kind) {
        std::uint64_t runs = 0;
        for (how.nth = 1;; how.nth = after(how.nth)) {
            on.faults().arm(how);
            invocation serve{{"serve", "--data", on.folder().data().string(), "--listen", "127.0.0.1:0"},
                             on.faults().environment()};
            pusherd_process process(serve);
            ++runs;
            std::string listening;
            try {
                listening = process.wait_for_line("listening on ");
            } catch (const std::runtime_error&) {
                listening.clear();
            }
            const std::uint64_t failed = on.faults().disarm();
            if (!listening.empty()) {
                BOOST_TEST(http_client(port_in(listening), token).get().status == 200, name_of(how));
                process.signal(SIGTERM);
                BOOST_TEST(process.wait().status == 0, name_of(how));
            } else {
                const process_end& ended = process.wait();
                BOOST_TEST(ended.is_refusal(), name_of(how) << ": " << ended.status << ' ' << ended.err);
            }
            if (failed == 0) break;
        }
        BOOST_TEST_MESSAGE(name_of(how) << ": " << runs << " runs");
    }
    BOOST_TEST(on.folder().print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
