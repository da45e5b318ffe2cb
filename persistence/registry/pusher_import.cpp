#include "persistence/registry/pusher_import.hpp"

#include "domain/user_id.hpp"
#include "persistence/registry/pusher_changes.hpp"
#include "persistence/registry/pusher_lines.hpp"

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace pusherd::persistence {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20;  // the longest of an export has less than a tenth of that
constexpr std::uint64_t pushers_a_progress = 1024;
// A transaction of this many pushers takes some ten milliseconds.
constexpr std::size_t pushers_a_transaction = 2048;
constexpr std::size_t bytes_a_transaction = std::size_t{4} << 20;
// LMDB's write lock is not fair: without a pause between two transactions, a server might never get its turn.
constexpr std::chrono::milliseconds pause_for_others{2};

/// Takes a stream apart, in lines of a bounded length.
class line_reader {
public:
    explicit line_reader(std::istream& in) : in_(in), buffer_(longest_line + 1) {}

    /// False at the end, and where something is wrong.
    [[nodiscard]] bool next() {
        in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        const auto taken = static_cast<std::size_t>(in_.gcount());
        if (in_.bad() || taken == 0) return false;
        ++number_;
        is_too_long_ = in_.fail();
        if (is_too_long_) return false;
        line_ = {buffer_.data(), in_.eof() ? taken : taken - 1};
        if (line_.ends_with('\r')) line_.remove_suffix(1);
        return true;
    }

    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    [[nodiscard]] std::string_view line() const noexcept { return line_; }

    [[nodiscard]] std::optional<import_problem> problem() const {
        if (is_too_long_) return import_problem{number_, "the line has more than 1 MiB"};
        if (!in_.eof()) return import_problem{0, "the file cannot be read"};
        return std::nullopt;
    }

private:
    std::istream& in_;
    std::vector<char> buffer_;
    std::uint64_t number_ = 0;
    std::string_view line_;
    bool is_too_long_ = false;
};

/// Calls `visit(number, pusher)` for each line, until one is bad.
template <class Visit>
[[nodiscard]] std::optional<import_problem> read_pushers(std::istream& in, Visit&& visit) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    line_reader lines(in);
    while (lines.next()) {
        if (lines.number() == 1 && lines.line().starts_with(byte_order_mark))
            return import_problem{1, "it begins with a byte order mark: save the file without it"};
        if (lines.line().empty()) continue;
        auto parsed = parse_pusher_line(lines.line());
        if (auto* problem = std::get_if<std::string>(&parsed)) return import_problem{lines.number(), *problem};
        if (auto problem = visit(lines.number(), std::get<pusher_line>(std::move(parsed)))) return problem;
    }
    return lines.problem();
}

/// Adds up what the pushers of a user take in a list whose lines stand together: they are held in memory together.
class user_bytes {
public:
    /// What they take, with this one.
    std::size_t add(const pusher_line& pusher) {
        if (pusher.user_id != user_id_) {
            user_id_ = pusher.user_id;
            bytes_ = 0;
        }
        return bytes_ += pusher.shown.size();
    }

private:
    std::string user_id_;
    std::size_t bytes_ = 0;
};

/// Pushers of one user that stand together in the file.
struct user_run {
    std::string user_id;
    std::vector<pusher_line> pushers;
};

/// Writes pushers in short transactions, none of which ends within a run of one user.
class pusher_writer {
public:
    pusher_writer(database& db, std::string server_name) : db_(db), server_name_(std::move(server_name)) {}

    void add(pusher_line&& pusher) {
        if (runs_.empty() || runs_.back().user_id != pusher.user_id) {
            if (pushers_ >= pushers_a_transaction || bytes_ >= bytes_a_transaction) flush();
            runs_.push_back({pusher.user_id, {}});
        }
        ++pushers_;
        bytes_ += pusher.shown.size();
        runs_.back().pushers.push_back(std::move(pusher));
    }

    void flush() {
        if (written_ != 0) std::this_thread::sleep_for(pause_for_others);
        write_txn txn(db_.env());
        if (db_.server_name(txn) != server_name_) throw unusable_database("a server name was recorded meanwhile");
        bool is_changed = false;
        for (const user_run& each : runs_) is_changed = write(txn, each) || is_changed;
        if (is_changed) txn.commit();
        written_ += pushers_;
        runs_.clear();
        pushers_ = bytes_ = 0;
    }

    /// How many pushers are on disk.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

private:
    bool write(write_txn& txn, const user_run& run) {
        std::vector<registration> pushers;
        pushers.reserve(run.pushers.size());
        for (const pusher_line& each : run.pushers) pushers.push_back(each.as_stored());
        return merge_pushers(txn, db_.all(), run.user_id, pushers);
    }

    database& db_;
    std::string server_name_;  // recorded when the import began
    std::vector<user_run> runs_;
    std::size_t pushers_ = 0;
    std::size_t bytes_ = 0;
    std::uint64_t written_ = 0;
};

std::optional<import_problem> write_all(pusher_writer& writer, std::istream& in, const import_progress& progress) {
    std::uint64_t told = 0;
    auto problem = read_pushers(in, [&](std::uint64_t, pusher_line&& pusher) -> std::optional<import_problem> {
        writer.add(std::move(pusher));
        if (progress && writer.written() != told) progress(told = writer.written());
        return std::nullopt;
    });
    if (!problem) writer.flush();
    return problem;
}

std::string how_far(std::uint64_t written, std::uint64_t all) {
    return "; " + std::to_string(written) + " of " + std::to_string(all) +
           " pushers were imported: mend that, and import the file again";
}

}  // namespace

std::variant<checked_pushers, import_problem> checked_pushers::read(std::istream& in, std::string_view server_name,
                                                                    const import_progress& progress) {
    checked_pushers file;
    user_bytes together;
    const auto check = [&](std::uint64_t line, pusher_line&& pusher) -> std::optional<import_problem> {
        const std::string_view server = domain::server_of(pusher.user_id);
        if (!server_name.empty() && server != server_name)
            return import_problem{line, "the user is of another server than " + std::string(server_name)};
        if (together.add(pusher) > most_user_bytes)
            return import_problem{line, "the pushers of one user take more than 64 MiB"};
        file.add_server(line, server);
        if (++file.count_ % pushers_a_progress == 0 && progress) progress(file.count_);
        return std::nullopt;
    };
    if (auto problem = read_pushers(in, check)) return *problem;
    return file;
}

void checked_pushers::add_server(std::uint64_t line, std::string_view server_name) {
    if (first_line_ == 0) {
        first_line_ = line;
        first_server_ = server_name;
    }
    if (line_of_another_one_ == 0 && server_name != first_server_) line_of_another_one_ = line;
}

std::optional<std::uint64_t> checked_pushers::find_foreign(std::string_view server_name) const {
    const std::uint64_t line = server_name == first_server_ ? line_of_another_one_ : first_line_;
    return line == 0 ? std::nullopt : std::optional(line);
}

std::variant<std::uint64_t, import_problem> import_pushers(database& db, std::istream& in, const checked_pushers& file,
                                                           const import_progress& progress) {
    std::string server = snapshot_reader(db.env())([&](const read_txn& txn) { return db.server_name(txn); });
    if (const auto line = file.find_foreign(server); line && !server.empty())
        return import_problem{*line, "the user is of another server than the database's, " + server};
    in.clear();
    in.seekg(0);
    pusher_writer writer(db, std::move(server));
    std::optional<import_problem> problem;
    try {
        problem = write_all(writer, in, progress);
    } catch (const std::exception& reason) {
        if (writer.written() == 0) throw;
        throw broken_off_import(reason.what() + how_far(writer.written(), file.count()));
    }
    if (!problem) return file.count();
    throw broken_off_import("line " + std::to_string(problem->line) + " is another than when it was checked: " +
                            problem->what + how_far(writer.written(), file.count()));
}

}  // namespace pusherd::persistence
