#pragma once

#include "app/configuration/options.hpp"
#include "domain/store.hpp"

#include <optional>
#include <stdexcept>
#include <string>

namespace pusherd::persistence {
class database;
}

/// The commands, but for `serve`. Each returns its exit status, prints what is for programs to stdout, and throws what
/// is one line for people.
namespace pusherd::app {

/// Something that a command was asked to do cannot be done. what() is one line for the operator.
class command_failed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Arguments that are well-formed but do not go together. what() is one line for the operator.
class unusable_arguments : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What was not given is none: an empty id, such as that of an unset shell variable, is an id that does not exist.

struct token_issue_options {
    std::optional<std::string> user;
    std::optional<std::string> device;
    std::optional<std::string> service;
    bool admin = false;
};
int token_issue(const common_options& common, const token_issue_options& options);

struct token_import_options {
    std::string file;  ///< `-`: standard input
};
int token_import(const common_options& common, const token_import_options& options);

struct token_list_options {
    std::optional<std::string> user;  ///< none: all
};
int token_list(const common_options& common, const token_list_options& options);

struct token_revoke_options {
    std::optional<std::string> token;  ///< `-`: a line of standard input
    std::optional<std::string> id;
    std::optional<std::string> user;
    std::optional<std::string> device;
};
int token_revoke(const common_options& common, const token_revoke_options& options);

struct user_remove_options {
    std::string user;
};
int user_remove(const common_options& common, const user_remove_options& options);

struct stat_options {
    bool json = false;
};
/// Tells on stderr if a half-created database was put aside (persistence::database::put_aside()).
void tell_of_what_was_put_aside(const persistence::database& db);

int stat(const common_options& common, const stat_options& options);

int verify(const common_options& common);

struct backup_options {
    std::string folder;  ///< a new one
};
int backup(const common_options& common, const backup_options& options);

int export_pushers(const common_options& common);

struct import_options {
    std::string file;  ///< `-`: standard input
};
int import_pushers(const common_options& common, const import_options& options);

struct pusher_list_options {
    std::string user;
};
int pusher_list(const common_options& common, const pusher_list_options& options);

struct pusher_test_options {
    std::string user;
    domain::set_policy policy;  ///< where gateways may be
    poke_options pokes;
};
int pusher_test(const common_options& common, const pusher_test_options& options);

/// The database, to be read alone.
[[nodiscard]] persistence::database open_to_look(const common_options& common);

/// The clock that tokens are issued by.
[[nodiscard]] domain::timestamp now();

/// Throws unusable_arguments unless it is a user id.
void check_user(const std::string& user);

/// Throws unusable_arguments unless it is a device id.
void check_device(const std::string& device);

}  // namespace pusherd::app
