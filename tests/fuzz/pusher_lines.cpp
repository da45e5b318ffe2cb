// A file of pushers: a line that is accepted is a pusher, whose own line means the same; what is read of the file is
// what a plain reading finds; and an import stores the last line of every key, leaves a sound database, and is exported
// as what imports to the same.

#include "persistence/registry/pusher_lines.hpp"

#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "persistence/registry/pusher_export.hpp"
#include "persistence/registry/pusher_import.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/small_database.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/scratch_store.hpp"

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace pusherd::fuzz {
namespace {

using namespace persistence;

/// The last line of each user and key, as an export has it.
using pusher_map = std::map<std::pair<std::string, digest128>, std::string>;

std::string line_of(const pusher_line& pusher) {
    std::string line;
    append_pusher_line(line, pusher.user_id, pusher.as_stored());
    return line;
}

void check_pusher(const pusher_line& pusher) {
    require(domain::is_user_id(pusher.user_id) && pusher.user_id.find_first_of("\t\r\n") == std::string::npos,
            "a user is a user id that breaks no lines");
    require(pusher.device_id.empty() || domain::is_device_id(pusher.device_id), "a device is a device id, or none");
    const std::string line = line_of(pusher);
    require(line.find('\n') == line.size() - 1, "a line is one line");
    const auto again = parse_pusher_line(exact_copy(std::string_view(line).substr(0, line.size() - 1)).view());
    require(std::holds_alternative<pusher_line>(again), "a line that was written can be read");
    const auto& same = std::get<pusher_line>(again);
    const auto all = [](const pusher_line& of) {
        return std::tie(of.user_id, of.device_id, of.created, of.updated, of.kind, of.key, of.shown, of.enabled);
    };
    require(all(same) == all(pusher), "a line that was written means the same");
    require(line_of(same) == line, "a line that was read is written to the letter");
}

/// What a file says, or the number of the first line that is wrong.
std::variant<pusher_map, std::uint64_t> read_plainly(std::string_view file) {
    pusher_map found;
    for (std::uint64_t number = 1; !file.empty(); ++number) {
        std::string_view line = take_line(file);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (number == 1 && line.starts_with("\xEF\xBB\xBF")) return number;
        if (line.empty()) continue;
        const auto parsed = parse_pusher_line(exact_copy(line).view());
        if (const auto* problem = std::get_if<std::string>(&parsed)) {
            require(!problem->empty() && domain::is_utf8(*problem) && !domain::has_control_character(*problem),
                    "a problem is a line of text");
            return number;
        }
        const auto& pusher = std::get<pusher_line>(parsed);
        check_pusher(pusher);
        found[{pusher.user_id, pusher.key}] = line_of(pusher);
    }
    return found;
}

std::string exported(database& db) {
    std::string lines;
    export_pushers(db, [&](std::string_view some, std::uint64_t, std::uint64_t) { lines += some; });
    return lines;
}

void import_all(database& db, const std::string& file) {
    static const std::vector<raw_entry> nothing = entries_of(db);  // the first time, before anything is there
    replace_entries(db, nothing);
    std::istringstream in(file);
    const auto checked = checked_pushers::read(in, "");
    require(std::holds_alternative<checked_pushers>(checked), "good lines are a good file");
    const auto done = import_pushers(db, in, std::get<checked_pushers>(checked));
    require(std::holds_alternative<std::uint64_t>(done), "a file that was checked can be imported");
    require(count_faults(db) == 0, "an import leaves a sound database");
}

void check_import(std::string_view input, const pusher_map& expected) {
    static testing::scratch_database scratch;
    import_all(scratch.db(), std::string(input));
    const std::string lines = exported(scratch.db());
    std::size_t count = 0;
    for (std::string_view rest = lines; !rest.empty(); ++count) {
        const std::string line = std::string(take_line(rest)) + '\n';
        const auto pusher = std::get<pusher_line>(parse_pusher_line(std::string_view(line).substr(0, line.size() - 1)));
        const auto found = expected.find({pusher.user_id, pusher.key});
        require(found != expected.end() && found->second == line, "the last line of a key is what is stored");
    }
    require(count == expected.size(), "all keys are stored, each once");
    import_all(scratch.db(), lines);
    require(exported(scratch.db()) == lines, "an export of an import is the same");
}

}  // namespace

void check_pusher_lines(std::string_view input) {
    const auto expected = read_plainly(input);
    if (const auto* pushers = std::get_if<pusher_map>(&expected)) return check_import(input, *pushers);
    std::istringstream in{std::string(input)};
    const auto read = checked_pushers::read(in, "");
    require(std::holds_alternative<import_problem>(read), "a bad line is a bad file");
    require(std::get<import_problem>(read).line == std::get<std::uint64_t>(expected), "the first bad line is named");
}

}  // namespace pusherd::fuzz
