#include "app/commands/commands.hpp"
#include "app/commands/progress.hpp"
#include "app/commands/rereadable_file.hpp"
#include "app/service/damaged_pages.hpp"
#include "persistence/registry/pusher_export.hpp"
#include "persistence/registry/pusher_import.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <string_view>
#include <system_error>

namespace pusherd::app {
namespace {

void fail_to_write() {
    throw command_failed("the export cannot be written: " + std::generic_category().message(errno));
}

// Not by std::cout, which does not say why it failed.
void write_to_stdout(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {  // somebody else has made it so
            pollfd room{STDOUT_FILENO, POLLOUT, 0};
            (void)::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            fail_to_write();
        }
    }
}

// Some file systems notice late that the disk is full. A pipe, a terminal and the like cannot be synced.
void sync_stdout() {
    if (::fsync(STDOUT_FILENO) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP) fail_to_write();
}

[[noreturn]] void refuse(const std::string& file, const persistence::import_problem& problem) {
    const std::string line = problem.line == 0 ? "" : "line " + std::to_string(problem.line) + ": ";
    throw command_failed(file + ": " + line + problem.what + "; nothing was imported");
}

}  // namespace

int export_pushers(const common_options& common) {
    std::signal(SIGPIPE, SIG_IGN);  // the write fails instead, and says so
    std::signal(SIGXFSZ, SIG_IGN);
    end_at_damaged_pages();
    auto db = open_to_look(common);
    progress shown;
    persistence::export_pushers(db, [&](std::string_view lines, std::uint64_t done, std::uint64_t all) {
        write_to_stdout(lines);
        shown.show(share(done, all, "pushers"));
    });
    sync_stdout();
    return 0;
}

int import_pushers(const common_options& common, const import_options& options) {
    std::signal(SIGXFSZ, SIG_IGN);
    std::ifstream in = open_rereadable(options.file);
    progress shown;
    // Before the database is opened, so that a bad file leaves no new one behind.
    const auto read = persistence::checked_pushers::read(
        in, common.server_name, [&](std::uint64_t done) { shown.show(std::to_string(done) + " pushers checked"); });
    if (const auto* problem = std::get_if<persistence::import_problem>(&read)) refuse(options.file, *problem);
    const auto& file = std::get<persistence::checked_pushers>(read);

    persistence::database db(
        common.data,
        {.mode = persistence::open_mode::create, .map_size = common.map_size, .server_name = common.server_name});
    tell_of_what_was_put_aside(db);
    const auto imported = persistence::import_pushers(
        db, in, file, [&](std::uint64_t done) { shown.show(share(done, file.count(), "pushers imported")); });
    if (const auto* problem = std::get_if<persistence::import_problem>(&imported)) refuse(options.file, *problem);
    std::cout << std::get<std::uint64_t>(imported) << '\n';
    return 0;
}

}  // namespace pusherd::app
