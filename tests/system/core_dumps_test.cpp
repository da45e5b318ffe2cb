// A crash leaves no core file, which would hold access tokens and push keys, unless somebody asks for one.

#include "persistence/files/data_folder.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

// The core file of a process under these has terabytes of shadow memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_of_a_usual_size = false;
#else
constexpr bool is_of_a_usual_size = true;
#endif

/// While it lives, what is started from here may leave core files as large as they may be.
class core_files_wanted {
public:
    core_files_wanted() {
        ::getrlimit(RLIMIT_CORE, &before_);
        const rlimit most{before_.rlim_max, before_.rlim_max};
        ::setrlimit(RLIMIT_CORE, &most);
    }
    ~core_files_wanted() { ::setrlimit(RLIMIT_CORE, &before_); }
    core_files_wanted(const core_files_wanted&) = delete;
    core_files_wanted& operator=(const core_files_wanted&) = delete;

private:
    rlimit before_{};
};

// Whether this system makes core files at all: of a process that asks for one.
bool system_dumps_core(const std::filesystem::path& folder) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;  // of a size that nobody wants
#endif
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGABRT, SIG_DFL);
        if (::chdir(folder.c_str()) == 0) ::raise(SIGABRT);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WCOREDUMP(status);
}

// The soft limit of its core files, as the system shows it.
std::string core_limit_of(pid_t process) {
    std::ifstream limits("/proc/" + std::to_string(process) + "/limits");
    for (std::string line; std::getline(limits, line);)
        if (line.starts_with("Max core file size")) return line.substr(26, line.find(' ', 26) - 26);
    return "unknown";
}

struct crash {
    bool dumped_core;
    bool left_a_file;
    std::string limit;
};

crash crash_with(std::vector<std::string> options, const std::map<std::string, std::string>& environment = {}) {
    const pusherd_folder folder;
    const temporary_folder working;
    options.insert(options.begin(), {"serve", "--data", folder.data().string(), "--listen", "127.0.0.1:0"});
    pusherd_process server({.arguments = options, .environment = environment, .working_folder = working.path()});
    (void)server.wait_for_line("listening on ");
    const std::string limit = core_limit_of(server.pid());
    server.signal(SIGABRT);
    const process_end& end = server.wait();
    BOOST_TEST(end.status == 128 + SIGABRT);
    return {end.dumped_core, !contents_of(working.path()).empty(), limit};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_dumps, *boost::unit_test::enable_if<is_of_a_usual_size>())

BOOST_AUTO_TEST_CASE(a_crash_leaves_no_core_file_even_where_the_system_would_make_one) {
    const core_files_wanted wanted;
    const crash seen = crash_with({});
    BOOST_TEST(!seen.dumped_core);
    BOOST_TEST(!seen.left_a_file);
    BOOST_TEST(seen.limit == "0");
}

BOOST_AUTO_TEST_CASE(who_looks_for_a_fault_may_have_one) {
    const core_files_wanted wanted;
    const temporary_folder folder;
    const bool is_possible = system_dumps_core(folder.path());
    BOOST_TEST(crash_with({"--core-dumps"}).dumped_core == is_possible);
    BOOST_TEST(crash_with({}, {{"PUSHERD_CORE_DUMPS", "true"}}).dumped_core == is_possible);
}

BOOST_AUTO_TEST_CASE(who_asks_for_core_files_need_not_raise_the_limit_as_well) {
    rlimit before{};
    ::getrlimit(RLIMIT_CORE, &before);
    const rlimit none{0, before.rlim_max};
    BOOST_TEST(::setrlimit(RLIMIT_CORE, &none) == 0);
    if (before.rlim_max != 0) BOOST_TEST(crash_with({"--core-dumps"}).limit != "0");
    ::setrlimit(RLIMIT_CORE, &before);
}

BOOST_AUTO_TEST_CASE(commands_that_see_tokens_leave_none_either) {
    const core_files_wanted wanted;
    const pusherd_folder folder;
    const std::string token = folder.issue("@alice:example.org");
    const auto turn = persistence::file_lock::wait_for(folder.data());  // they wait, so that they can be looked at
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"token", "issue", "@bob:example.org"}, {"token", "import", "-"}, {"token", "revoke", "-"}}) {
        std::vector<std::string> arguments = command;
        arguments.insert(arguments.end(), {"--data", folder.data().string()});
        const std::string input = command[1] == "import" ? "imported\t@carol:example.org\n" : token;
        const temporary_folder working;
        pusherd_process process({.arguments = arguments, .input = input, .working_folder = working.path()});
        bool is_forbidden = false;
        for (int i = 0; i < 500 && !is_forbidden; ++i) {
            is_forbidden = core_limit_of(process.pid()) == "0";
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        BOOST_TEST(is_forbidden, command[1]);
        process.signal(SIGABRT);
        BOOST_TEST(!process.wait().dumped_core);
        BOOST_TEST(contents_of(working.path()).empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
