#include "bench/load/seed.hpp"

#include "bench/load/bench_users.hpp"
#include "persistence/registry/lookup.hpp"
#include "persistence/registry/pusher_changes.hpp"
#include "persistence/registry/token_import.hpp"
#include "persistence/registry/tokens.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace pusherd::bench {
namespace {

using persistence::database;

constexpr std::size_t users_a_transaction = 10'000;
constexpr std::string_view device_id = "BENCH";

/// A set that nobody waits for: it is carried out here and now.
class seeded_set final : public domain::set_request {
public:
    using set_request::set_request;
    void on_done() noexcept override {}
};

domain::timestamp now() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

void show_progress(std::size_t users, std::size_t all) {
    if (::isatty(STDERR_FILENO) == 0) return;
    fmt::print(stderr, "\r{} of {} users", users, all);
    if (users == all) fmt::print(stderr, "\r{:40}\r", "");
    std::fflush(stderr);
}

// Returns the tokens; the user of each is its number.
std::vector<std::string> write_token_file(const seed_options& options) {
    std::ofstream out(options.tokens, std::ios::binary | std::ios::trunc);
    std::vector<std::string> tokens;
    tokens.reserve(options.users);
    for (std::size_t user = 0; user < options.users; ++user) {
        tokens.push_back(persistence::new_token());
        out << tokens.back() << '\t' << user_id(user) << '\t' << device_id << '\n';
    }
    out.close();
    if (!out) throw std::runtime_error(options.tokens.string() + ": cannot be written");
    return tokens;
}

void write_dump(const seed_options& options, const std::vector<std::string>& tokens) {
    std::ofstream out(options.dump, std::ios::binary | std::ios::trunc);
    for (std::size_t user = 0; user < options.users; ++user) {
        out << R"({"token":")" << tokens[user] << R"(","user_id":")" << user_id(user) << R"(","pushers":[)";
        for (std::size_t pusher = 0; pusher < options.pushers; ++pusher)
            out << (pusher == 0 ? "" : ",") << set_body(user, pusher, 0);
        out << "]}\n";
    }
    out.close();
    if (!out) throw std::runtime_error(options.dump.string() + ": cannot be written");
}

void import_tokens(database& db, const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    const auto read = persistence::token_file::read(in, "");
    if (const auto* problem = std::get_if<persistence::import_problem>(&read)) throw std::runtime_error(problem->what);
    const auto imported = persistence::import_tokens(db, std::get<persistence::token_file>(read), now());
    if (const auto* problem = std::get_if<persistence::import_problem>(&imported))
        throw std::runtime_error(problem->what);
}

void set_pushers(persistence::write_txn& txn, const database& db, const std::string& token, std::size_t user,
                 std::size_t pushers) {
    const domain::identity who{
        .user_id = user_id(user), .device_id = std::string(device_id), .token = persistence::sha256(token)};
    constexpr domain::user_limits no_limit{.pushers = std::numeric_limits<std::size_t>::max()};
    for (std::size_t pusher = 0; pusher < pushers; ++pusher) {
        const auto command = domain::parse_set_command(set_body(user, pusher, 0), {});
        if (!command) throw std::runtime_error(command.error().message);
        const seeded_set set(who, *command, no_limit, now());
        std::vector<std::string> evicted;
        if (const auto done = persistence::carry_out_set(txn, db.all(), set, evicted); !done)
            throw std::runtime_error(done.error().message);
    }
}

}  // namespace

void seed(const seed_options& options) {
    if (std::filesystem::exists(options.data / "data.mdb"))
        throw std::runtime_error(options.data.string() + ": there is a database already; seed makes a new one");
    database db(options.data, {.map_size = options.map_size});
    const std::vector<std::string> tokens = write_token_file(options);
    if (!options.dump.empty()) write_dump(options, tokens);
    import_tokens(db, options.tokens);
    for (std::size_t begin = 0; begin < options.users; begin += users_a_transaction) {
        const std::size_t end = std::min(begin + users_a_transaction, options.users);
        persistence::write_txn txn(db.env());
        for (std::size_t user = begin; user < end; ++user) set_pushers(txn, db, tokens[user], user, options.pushers);
        txn.commit();
        show_progress(end, options.users);
    }
}

}  // namespace pusherd::bench
