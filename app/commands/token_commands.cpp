#include "app/commands/commands.hpp"
#include "app/commands/shown_time.hpp"
#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "persistence/engine/storage_error.hpp"
#include "persistence/registry/token_import.hpp"
#include "persistence/registry/tokens.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace pusherd::app {
namespace {

using persistence::database;
using persistence::open_mode;

database open(const common_options& common, open_mode mode) {
    return {common.data, {.mode = mode, .map_size = common.map_size, .server_name = common.server_name}};
}

std::string shown(std::string_view id) { return domain::escape_control_characters(id); }

std::string to_string(domain::role who) {
    switch (who) {
        case domain::role::user: return "user";
        case domain::role::admin: return "admin";
        case domain::role::service: return "service";
    }
    return "";
}

void print(const persistence::revocation& done) {
    std::cout << domain::counted(done.tokens, "token") << " revoked, " << domain::counted(done.pushers, "pusher")
              << " removed\n";
}

std::string read_token() {
    std::string token;
    std::getline(std::cin, token);
    if (token.ends_with('\r')) token.pop_back();
    return token;
}

// Nobody knows it, so nobody could revoke it.
[[noreturn]] void take_back(database& db, const std::string& token) {
    const domain::token_digest digest = persistence::sha256(token);
    try {
        (void)persistence::revoke_token(db, digest);
    } catch (const persistence::storage_error& failure) {
        const std::string id = persistence::to_hex(persistence::as_bytes(digest)).substr(0, 8);
        throw command_failed("the token could not be written, and not be revoked (" + std::string(failure.what()) +
                             "): run pusherd token revoke --id " + id);
    }
    throw command_failed("the token could not be written, and is revoked");
}

persistence::revocation revoke_by_id(database& db, const std::string& id) {
    const auto found = persistence::find_tokens(db, id);
    if (found.size() > 1)
        throw command_failed("several tokens have an id that begins with " + shown(id) + ": give more of its digits");
    const auto done = found.empty() ? std::nullopt : persistence::revoke_token(db, found.front());
    if (!done) throw command_failed("no token has the id " + shown(id) + "; pusherd token list shows them");
    return *done;
}

}  // namespace

domain::timestamp now() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

void check_user(const std::string& user) {
    if (!domain::is_user_id(user))
        throw unusable_arguments("'" + shown(user) + "' is no user id: @localpart:domain, at most 255 bytes");
}

void check_device(const std::string& device) {
    if (!domain::is_device_id(device)) throw unusable_arguments("a device id has 1 to 255 bytes");
}

int token_issue(const common_options& common, const token_issue_options& options) {
    persistence::token_grant grant;
    if (options.service) {
        if (options.user || options.device || options.admin)
            throw unusable_arguments("--service goes with neither USER nor --device nor --admin");
        if (options.service->empty() || options.service->size() > 255 || !domain::is_utf8(*options.service) ||
            domain::has_control_character(*options.service))
            throw unusable_arguments("a service's name has 1 to 255 bytes, and no control character");
        grant = {.user_id = *options.service, .device_id = {}, .who = domain::role::service};
    } else {
        if (!options.user) throw unusable_arguments("name a USER, or --service");
        check_user(*options.user);
        if (options.device) check_device(*options.device);
        grant = {.user_id = *options.user,
                 .device_id = options.device.value_or(""),
                 .who = options.admin ? domain::role::admin : domain::role::user};
    }
    database db = open(common, open_mode::create);
    tell_of_what_was_put_aside(db);
    std::signal(SIGPIPE, SIG_IGN);  // that nobody reads is to be known below
    const std::string token = persistence::issue_token(db, grant, now());
    std::cout << token << std::endl;
    if (!std::cout) take_back(db, token);
    return 0;
}

int token_import(const common_options& common, const token_import_options& options) {
    std::ifstream file;
    if (options.file != "-") {
        file.open(options.file, std::ios::binary);
        if (!file) throw command_failed(options.file + ": cannot be opened: " + std::generic_category().message(errno));
    }
    std::istream& in = options.file == "-" ? std::cin : file;
    const auto fail = [&](const persistence::import_problem& problem) {
        const std::string line = problem.line == 0 ? "" : "line " + std::to_string(problem.line) + ": ";
        throw command_failed(options.file + ": " + line + problem.what + "; nothing was imported");
    };

    // Before the database is opened, so that a bad file leaves no new one behind.
    auto read = persistence::token_file::read(in, common.server_name);
    if (const auto* problem = std::get_if<persistence::import_problem>(&read)) fail(*problem);
    // What std::cin reads by way of stdin ends there, whatever the reason.
    if (options.file == "-" && std::ferror(stdin) != 0) fail({0, "standard input cannot be read"});
    const auto& tokens = std::get<persistence::token_file>(read);

    database db = open(common, open_mode::create);
    tell_of_what_was_put_aside(db);
    const auto imported = persistence::import_tokens(db, tokens, now());
    if (const auto* problem = std::get_if<persistence::import_problem>(&imported)) fail(*problem);
    std::cout << std::get<std::uint64_t>(imported) << '\n';
    return 0;
}

int token_list(const common_options& common, const token_list_options& options) {
    if (options.user) check_user(*options.user);
    database db = open(common, open_mode::look);
    const auto print_token = [](const domain::token_digest& token, const persistence::token_record& record) {
        std::cout << persistence::to_hex(persistence::as_bytes(token)).substr(0, 8) << '\t' << shown(record.user_id)
                  << '\t' << shown(record.device_id) << '\t' << to_string(record.who) << '\t'
                  << to_string_utc(record.issued) << '\n';
    };
    persistence::list_tokens(db, options.user, print_token);
    return 0;
}

int token_revoke(const common_options& common, const token_revoke_options& options) {
    const int ways = int{options.token.has_value()} + int{options.id.has_value()} + int{options.user.has_value()};
    if (ways != 1) throw unusable_arguments("name one: TOKEN (- reads it from standard input), --id, or --user");
    if (options.device && !options.user) throw unusable_arguments("--device goes with --user");
    if (options.user) check_user(*options.user);
    if (options.device) check_device(*options.device);

    database db = open(common, open_mode::change);
    if (options.id) {
        print(revoke_by_id(db, *options.id));
    } else if (options.device) {
        print(persistence::revoke_device(db, *options.user, *options.device));
    } else if (options.user) {
        print(persistence::revoke_user(db, *options.user));
    } else {
        const std::string token = *options.token == "-" ? read_token() : *options.token;
        const auto done = persistence::revoke_token(db, persistence::sha256(token));
        if (!done) throw command_failed("this token is not known; nothing was revoked");
        print(*done);
    }
    return 0;
}

int user_remove(const common_options& common, const user_remove_options& options) {
    check_user(options.user);
    database db = open(common, open_mode::change);
    print(persistence::remove_user(db, options.user));
    return 0;
}

}  // namespace pusherd::app
