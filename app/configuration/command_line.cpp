#include "app/configuration/command_line.hpp"

#include "app/commands/commands.hpp"
#include "app/configuration/config_file.hpp"
#include "app/configuration/options.hpp"
#include "app/configuration/secret_arguments.hpp"
#include "app/configuration/usage_error.hpp"
#include "app/logging/journal.hpp"
#include "app/service/core_dumps.hpp"
#include "app/service/last_words.hpp"
#include "app/service/serve.hpp"
#include "domain/text.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/version.hpp>
#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <exception>
#include <functional>
#include <iostream>
#include <new>
#include <span>
#include <string>

namespace pusherd::app {
namespace {

constexpr int unusable = 2;

std::string version_text() {
    return "pusherd " PUSHERD_VERSION " (LMDB " + std::to_string(MDB_VERSION_MAJOR) + "." +
           std::to_string(MDB_VERSION_MINOR) + "." + std::to_string(MDB_VERSION_PATCH) + ", Boost " +
           std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000) + ")";
}

/// The command line: what can be asked for, and what each command is carried out by.
class command_line {
public:
    command_line() {
        root_.require_subcommand(1);
        root_.set_version_flag("--version", version_text());
        add_serve();
        add_token_commands();
        add_user_commands();
        add_pusher_commands();
        add_data_commands();
    }

    /// @param arguments those behind the program's name
    /// @return the exit status; throws CLI::ParseError, and what the command throws
    int run(int argc, char** argv, std::span<char* const> arguments) {
        root_.failure_message([arguments](const CLI::App* root, const CLI::Error& error) {
            return std::string(error_prefix()) + without_tokens(usage_error(*root, error, arguments), arguments);
        });
        parse_ = [argc, argv](command_line& into) { into.root_.parse(argc, argv); };
        parse_(*this);
        if (revoke_.token) hide_argument(arguments, *revoke_.token);
        read_config_file();
        if (common_->core_dumps) allow_core_dumps();
        return action_();
    }

    [[nodiscard]] int exit(const CLI::ParseError& error) {
        return root_.exit(error, std::cout, std::cerr) == 0 ? 0 : unusable;
    }

private:
    void read_config_file() {
        if (common_->config.empty()) common_->config = default_config_file();
        if (!common_->config.empty()) apply_config_file(common_->config, root_, *chosen_);
    }

    // By a command line of its own: an option that was given once does not forget it.
    [[nodiscard]] serve_configuration read_again() const {
        command_line now;
        parse_(now);
        now.read_config_file();
        return {*now.common_, now.serve_};
    }

    CLI::App& add(CLI::App& parent, const std::string& name, const std::string& description,
                  std::function<int()> action) {
        CLI::App& command = *parent.add_subcommand(name, description);
        common_options& common = every_common_.emplace_back();
        add_common_options(command, common);
        // Not the plain callback: CLI11 fills, and checks, the options of every command that has none of this kind from
        // the environment, chosen or not.
        command.parse_complete_callback([this, &command, &common, action = std::move(action)] {
            chosen_ = &command;
            common_ = &common;
            action_ = action;
        });
        return command;
    }

    void add_serve() {
        CLI::App& serve_command = add(root_, "serve", "Serve until SIGTERM or SIGINT", [this] {
            return serve({*common_, serve_}, [this] { return read_again(); });
        });
        add_serve_options(serve_command, serve_);
    }

    void add_token_commands() {
        CLI::App& token = *root_.add_subcommand("token", "Access tokens");
        token.require_subcommand(1);

        CLI::App& issue =
            add(token, "issue", "Issue a token, and print it", [this] { return token_issue(*common_, issue_); });
        issue.add_option("USER", issue_.user, "@localpart:domain");
        issue.add_option("--device", issue_.device, "The device that the token is for")->type_name("ID");
        issue.add_flag("--admin", issue_.admin, "The user may administer");
        issue.add_option("--service", issue_.service, "A token for a program, such as a homeserver")->type_name("NAME");

        CLI::App& import = add(token, "import", "Import tokens: lines TOKEN<TAB>USER[<TAB>DEVICE], all or nothing",
                               [this] { return token_import(*common_, import_); });
        import.add_option("FILE", import_.file, "The file; - reads standard input")->required();

        CLI::App& list = add(token, "list", "List tokens: short id, user, device, role, issued",
                             [this] { return token_list(*common_, list_); });
        list.add_option("USER", list_.user, "Whose; all if left out");

        CLI::App& revoke = add(token, "revoke", "Revoke tokens; a device that has none left loses its http pushers",
                               [this] { return token_revoke(*common_, revoke_); });
        revoke.add_option("TOKEN", revoke_.token, "The token; - reads it from standard input");
        revoke.add_option("--id", revoke_.id, "A token, by the short id of the list")->type_name("SHORT");
        revoke.add_option("--user", revoke_.user, "All tokens of a user")->type_name("USER");
        revoke.add_option("--device", revoke_.device, "With --user: all tokens of this device")->type_name("ID");
    }

    void add_user_commands() {
        CLI::App& user = *root_.add_subcommand("user", "Users");
        user.require_subcommand(1);
        CLI::App& remove = add(user, "remove", "Remove a user's tokens and all pushers",
                               [this] { return user_remove(*common_, remove_); });
        remove.add_option("USER", remove_.user, "@localpart:domain")->required();
    }

    void add_pusher_commands() {
        CLI::App& pusher = *root_.add_subcommand("pusher", "Pushers, and whether they work");
        pusher.require_subcommand(1);
        CLI::App& list = add(pusher, "list", "List a user's pushers, and how each does",
                             [this] { return pusher_list(*common_, list_pushers_); });
        list.add_option("USER", list_pushers_.user, "@localpart:domain")->required();
        CLI::App& test = add(pusher, "test", "Send a poke to each of a user's pushers, and say what came of it",
                             [this] { return pusher_test(*common_, test_pushers_); });
        test.add_option("USER", test_pushers_.user, "@localpart:domain")->required();
        add_gateway_options(test, test_pushers_.policy, test_pushers_.pokes);
    }

    void add_data_commands() {
        CLI::App& stat_command = add(root_, "stat", "Count what is there", [this] { return stat(*common_, stat_); });
        stat_command.add_flag("--json", stat_.json, "As a JSON object");
        add(root_, "verify", "Check every record and index", [this] { return verify(*common_); });
        CLI::App& backup_command =
            add(root_, "backup", "Make a new folder with a copy of the database, to be used as --data",
                [this] { return backup(*common_, backup_); });
        backup_command.add_option("DEST", backup_.folder, "The new folder")->required();
        add(root_, "export", "Print every pusher as a line of JSON", [this] { return export_pushers(*common_); });
        CLI::App& import = add(root_, "import", "Import pushers that were exported; nobody is evicted",
                               [this] { return import_pushers(*common_, import_pushers_); });
        import.add_option("FILE", import_pushers_.file, "The file; - reads standard input")->required();
    }

    CLI::App root_{"pusherd, the push half of a Matrix homeserver", "pusherd"};
    std::deque<common_options> every_common_;  // its elements stay where they are
    common_options* common_ = nullptr;         // the chosen command's
    serve_options serve_;
    token_issue_options issue_;
    token_import_options import_;
    token_list_options list_;
    token_revoke_options revoke_;
    user_remove_options remove_;
    pusher_list_options list_pushers_;
    pusher_test_options test_pushers_;
    stat_options stat_;
    backup_options backup_;
    import_options import_pushers_;
    CLI::App* chosen_ = nullptr;
    std::function<void(command_line&)> parse_;  // as this one was
    std::function<int()> action_;
};

// LMDB reads the file through its map: pages that are missing from it come as SIGBUS.
void on_missing_page(int, siginfo_t* info, void*) {
    if (info->si_code != BUS_ADRERR) {  // something else: it comes again, and ends the process as usual
        std::signal(SIGBUS, SIG_DFL);
        return;
    }
    end_saying(
        "pusherd: data.mdb is cut off, damaged, or cannot be read: restore a backup; if the disk is full, make room "
        "first\n");
}

void catch_missing_pages() {
    (void)error_prefix();  // a signal handler must not be the first to ask
    struct sigaction action {};
    action.sa_sigaction = on_missing_page;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGBUS, &action, nullptr);
}

// A connection that got the number of a closed standard error would be sent the log. What is written to a closed
// standard output fails as before.
void keep_standard_descriptors() noexcept {
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(standard, F_GETFD) < 0)  // the lowest that is free: this one
            (void)::open("/dev/null", standard == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

constexpr std::string_view out_of_memory = "pusherd: out of memory\n";

// Where a coroutine cannot be started for want of memory, Asio unwinds it by posting, which needs some as well, in
// a destructor. That is an end like any other for want of memory: the supervisor is told by 1, not by SIGABRT.
[[noreturn]] void on_terminate() noexcept {
    try {
        if (const std::exception_ptr why = std::current_exception()) std::rethrow_exception(why);
    } catch (const std::bad_alloc&) {
        end_saying(out_of_memory);
    } catch (...) {  // NOLINT(bugprone-empty-catch): as it is without a handler
    }
    std::abort();
}

int fail_without_memory() noexcept {
    say_last(out_of_memory);
    return EXIT_FAILURE;
}

int fail(const std::exception& error, int status, std::span<char* const> arguments) noexcept {
    try {
        const std::string what = without_tokens(error.what(), arguments);
        std::cerr << error_prefix() << "pusherd: " << domain::escape_control_characters(what) << '\n';
        return status;
    } catch (const std::bad_alloc&) {
        return fail_without_memory();
    }
}

int run_command(int argc, char** argv, std::span<char* const> arguments) {
    command_line line;
    try {
        const int status = line.run(argc, argv, arguments);
        std::cout.flush();
        if (!std::cout) throw command_failed("the output could not be written");
        return status;
    } catch (const CLI::ParseError& error) {
        return line.exit(error);
    }
}

}  // namespace

int run(int argc, char** argv) {
    std::set_terminate(on_terminate);
    keep_standard_descriptors();
    catch_missing_pages();
    forbid_core_dumps();
    ::umask(0077);  // whatever is created here is its owner's alone
    const std::span<char* const> arguments(argv + std::min(argc, 1), argv + argc);
    try {
        return run_command(argc, argv, arguments);
    } catch (const bad_config& error) {
        return fail(error, unusable, arguments);
    } catch (const unusable_arguments& error) {
        return fail(error, unusable, arguments);
    } catch (const std::bad_alloc&) {
        return fail_without_memory();
    } catch (const std::exception& error) {
        return fail(error, EXIT_FAILURE, arguments);
    }
}

}  // namespace pusherd::app
