#include "app/commands/commands.hpp"
#include "app/commands/progress.hpp"
#include "app/service/damaged_pages.hpp"
#include "domain/text.hpp"
#include "persistence/registry/backup.hpp"
#include "persistence/registry/statistics.hpp"
#include "persistence/registry/verify.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <csignal>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::app {
namespace {

using domain::counted;

constexpr std::size_t most_faults_shown = 10'000;

}  // namespace

persistence::database open_to_look(const common_options& common) {
    return {common.data, {.mode = persistence::open_mode::look, .server_name = common.server_name}};
}

void tell_of_what_was_put_aside(const persistence::database& db) {
    if (!db.put_aside().empty()) std::cerr << "pusherd: " << db.put_aside() << '\n';
}

int stat(const common_options& common, const stat_options& options) {
    auto db = open_to_look(common);
    const persistence::statistics found = persistence::take_statistics(db);
    const persistence::waiting_pokes waiting = persistence::count_waiting_pokes(db);
    if (options.json) {
        const boost::json::object all{{"users", found.users},           {"pushers", found.pushers},
                                      {"tokens", found.tokens},         {"queues_waiting", waiting.queues},
                                      {"pokes_waiting", waiting.pokes}, {"file_bytes", found.file_bytes},
                                      {"map_bytes", found.map_bytes},   {"map_free_bytes", found.map_free_bytes},
                                      {"readers", found.readers},       {"last_transaction", found.last_transaction},
                                      {"schema", found.schema},         {"server_name", found.server_name}};
        std::cout << boost::json::serialize(all) << '\n';
        return 0;
    }
    std::cout << "users             " << found.users << '\n'
              << "pushers           " << found.pushers << '\n'
              << "tokens            " << found.tokens << '\n'
              << "queues waiting    " << waiting.queues << '\n'
              << "pokes waiting     " << waiting.pokes << '\n'
              << "file size         " << found.file_bytes << " bytes\n"
              << "map size          " << found.map_bytes << " bytes\n"
              << "free in the map   " << found.map_free_bytes << " bytes\n"
              << "reader slots      " << found.readers << '\n'
              << "last transaction  " << found.last_transaction << '\n'
              << "schema            " << found.schema << '\n'
              << "server name       " << (found.server_name.empty() ? "-" : found.server_name) << '\n';
    return 0;
}

int verify(const common_options& common) {
    end_at_damaged_pages();
    auto db = open_to_look(common);
    // Printed afterwards: a reader of our output who takes his time would keep a snapshot open, and with it old pages.
    std::vector<std::string> faults;
    const auto found = persistence::verify(db, [&](std::string_view fault) {
        if (faults.size() < most_faults_shown) faults.emplace_back(fault);
    });
    for (const std::string& fault : faults) std::cout << fault << '\n';
    if (found.unfinished != 0)
        std::cerr << counted(found.unfinished, "token")
                  << " of an unfinished import: not valid; the next import clears it away\n";
    if (found.faults != 0) throw command_failed(counted(found.faults, "fault") + " found: restore a backup");
    // Always the plural: programs read it.
    std::cout << "ok: " << found.users << " users, " << found.pushers << " pushers, " << found.tokens << " tokens\n";
    return 0;
}

int backup(const common_options& common, const backup_options& options) {
    if (options.folder.empty()) throw unusable_arguments("name the folder that the backup is to make");
    std::signal(SIGXFSZ, SIG_IGN);  // the write fails instead, and says so
    end_at_damaged_pages();
    auto db = open_to_look(common);
    progress shown;
    const auto show = [&](std::uint64_t written, std::uint64_t all) { shown.show(share(written, all, "bytes")); };
    persistence::back_up(db, options.folder, shown.is_shown() ? show : persistence::backup_progress());
    return 0;
}

}  // namespace pusherd::app
