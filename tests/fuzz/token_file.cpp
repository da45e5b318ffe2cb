// A token file: taken apart and put together again it is the same; what is read of it is what a plain reading finds;
// and an import does all of it or nothing, and leaves a sound database.

#include "domain/limits.hpp"
#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/token_import.hpp"
#include "persistence/registry/tokens.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/small_database.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/scratch_store.hpp"

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pusherd::fuzz {
namespace {

using namespace persistence;

struct owner {
    std::string user_id;
    std::string device_id;
    std::uint64_t line = 0;
};
using owners = std::map<domain::token_digest, owner>;

void check_parts(std::string_view line, const token_line& parts) {
    std::string together(parts.token);
    together.append("\t").append(parts.user_id);
    if (!parts.device_id.empty()) together.append("\t").append(parts.device_id);
    require(together == line, "the parts of a line make up the line");
    require(!parts.token.empty() && parts.token.size() <= 4096, "a token keeps to its limit");
    require(parts.token.find(' ') == std::string_view::npos && !domain::has_control_character(parts.token),
            "a token is one word");
    require(domain::is_user_id(parts.user_id) && parts.user_id.find_first_of("\t\r\n") == std::string_view::npos,
            "a user is a user id that a line can hold");
    require(parts.device_id.size() <= domain::limits::device_id_bytes && domain::is_utf8(parts.device_id),
            "a device id keeps to its limit");
}

/// What a file says, line by line; nothing if something is wrong with it.
std::optional<owners> read_plainly(std::string_view file, std::string_view server_name) {
    owners found;
    for (std::uint64_t number = 1; !file.empty(); ++number) {
        std::string_view line = take_line(file);
        if (number == 1 && line.starts_with("\xEF\xBB\xBF")) return std::nullopt;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        const exact_copy copy(line);
        const auto parsed = parse_token_line(copy.view());
        if (!std::holds_alternative<token_line>(parsed)) return std::nullopt;
        const auto& parts = std::get<token_line>(parsed);
        check_parts(line, parts);
        const std::string_view server = parts.user_id.substr(parts.user_id.find(':') + 1);
        if (!server_name.empty() && server != server_name) return std::nullopt;
        owner& its = found[sha256(parts.token)];
        if (its.line != 0 && its.user_id != parts.user_id) return std::nullopt;
        its = {std::string(parts.user_id), std::string(parts.device_id), number};
    }
    return found;
}

void check_problem(const import_problem& problem, std::string_view file) {
    const auto lines = static_cast<std::uint64_t>(std::count(file.begin(), file.end(), '\n')) + 1;
    require(problem.line >= 1 && problem.line <= lines, "a problem names a line of the file");
    require(!problem.what.empty() && !domain::has_control_character(problem.what), "a problem is a line of text");
}

void check_entries(const token_file& file, const owners& expected) {
    require(file.entries().size() == expected.size(), "each token is there once");
    auto next = expected.begin();
    for (const token_file::entry& each : file.entries()) {
        require(each.token == next->first, "tokens are in the order of their digests");
        require(each.user_id == next->second.user_id, "a token has the user of its line");
        require(each.device_id == next->second.device_id && each.line == next->second.line,
                "of equal tokens, the last line counts");
        ++next;
    }
}

std::optional<token_file> check_reading(std::string_view input, std::string_view server_name) {
    std::istringstream in{std::string(input)};
    auto read = token_file::read(in, server_name);
    const auto expected = read_plainly(input, server_name);
    require(std::holds_alternative<token_file>(read) == expected.has_value(), "a plain reading comes to the same");
    if (!expected) {
        check_problem(std::get<import_problem>(read), input);
        return std::nullopt;
    }
    check_entries(std::get<token_file>(read), *expected);
    return std::get<token_file>(std::move(read));
}

/// A database in which Alice has a token, and a service.
struct before_import {
    testing::scratch_database scratch;
    std::vector<raw_entry> entries = entries_of(scratch.db());
    domain::token_digest alices = sha256("alices");
    domain::token_digest services = sha256("services");

    before_import() {
        const auto& all = scratch.db().all();
        write_txn txn(scratch.db().env());
        txn.put(all.tokens, token_key{alices}, token_record{.user_id = "@alice:h", .device_id = "OLD"}.encode());
        txn.put(all.sessions, session_of(alices, "@alice:h", "OLD"), "");
        txn.put(all.tokens, token_key{services},
                token_record{.who = domain::role::service, .user_id = "homeserver", .device_id = {}}.encode());
        txn.commit();
        entries = entries_of(scratch.db());
    }
};

void check_all_imported(database& db, const token_file& file) {
    snapshot_reader(db.env())([&](const read_txn& txn) {
        for (const token_file::entry& each : file.entries()) {
            const auto record = find_valid_token(txn, db.all(), each.token);
            require(record && record->user_id == each.user_id && record->device_id == each.device_id,
                    "an imported token is valid, for its user and device");
        }
        require(txn.count(db.all().imports) == 0, "an import comes to its end");
    });
}

void check_nothing_imported(database& db, const before_import& before) {
    std::vector<raw_entry> after = entries_of(db);
    std::erase_if(after, [](const raw_entry& each) { return each.key == last_import_entry.name; });
    const auto same = [](const raw_entry& a, const raw_entry& b) { return a.key == b.key && a.value == b.value; };
    require(std::equal(after.begin(), after.end(), before.entries.begin(), before.entries.end(), same),
            "a refused import leaves all as it was");
}

void check_import(const token_file& file) {
    static before_import before;
    database& db = before.scratch.db();
    replace_entries(db, before.entries);
    const auto imported = import_tokens(db, file, 7);
    const bool is_foreign = std::any_of(file.entries().begin(), file.entries().end(), [&](const auto& each) {
        return each.token == before.services || (each.token == before.alices && each.user_id != "@alice:h");
    });
    require(std::holds_alternative<std::uint64_t>(imported) != is_foreign, "only another's token is refused");
    if (is_foreign)
        check_nothing_imported(db, before);
    else
        check_all_imported(db, file);
    require(count_faults(db) == 0, "an import leaves a sound database");
}

}  // namespace

void check_token_file(std::string_view input) {
    (void)check_reading(input, "h");
    if (const auto file = check_reading(input, "")) check_import(*file);
}

}  // namespace pusherd::fuzz
