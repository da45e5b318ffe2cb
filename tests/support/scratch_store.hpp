#pragma once

#include "domain/store.hpp"
#include "persistence/registry/database.hpp"
#include "persistence/registry/lmdb_store.hpp"
#include "tests/support/recording_logger.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// A store on a real LMDB, and short ways to use it and to look at what it holds.
namespace pusherd::testing {

inline constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// Commits do not wait for the disk.
[[nodiscard]] persistence::database_options fast_options(std::size_t map_size = 8 * mebibyte);

/// A database in a folder that did not exist before.
class scratch_database {
public:
    explicit scratch_database(const persistence::database_options& options = fast_options()) : db_(folder(), options) {}

    [[nodiscard]] persistence::database& db() noexcept { return db_; }
    [[nodiscard]] std::filesystem::path folder() const { return temporary_.path() / "data"; }

private:
    temporary_folder temporary_;
    persistence::database db_;
};

/// Somebody with an access token.
struct session {
    std::string token;
    domain::identity who;
};

/// Issues a token.
[[nodiscard]] session log_in(persistence::database& db, const std::string& user_id, const std::string& device_id = "",
                             domain::role who = domain::role::user, domain::timestamp now = 1);

/// What the tests say of a pusher; the rest is the same for all.
struct pusher_traits {
    std::string_view lang = "en";
    bool append = false;
    domain::pusher_kind kind = domain::pusher_kind::http;
    std::string_view app_id = "org.example.app";
    domain::enabled_wish enabled{};
};

[[nodiscard]] domain::set_command set_of(std::string_view pushkey, const pusher_traits& traits = {});
[[nodiscard]] domain::set_command removal_of(std::string_view pushkey, std::string_view app_id = "org.example.app");

/// What a list shows of a pusher that was set so.
[[nodiscard]] std::string listed(const domain::upsert& what, bool enabled = true, std::string_view device_id = "");

/// What a set that could not be stored throws at the one who waits for it.
class storage_failed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A set that somebody waits for.
class awaited_set final : public domain::set_request {
public:
    awaited_set(const session& by, domain::set_command what, domain::timestamp received = 1,
                const domain::user_limits& limits = {})
        : set_request(by.who, command_, limits, received), command_(std::move(what)) {}

    void on_done() noexcept override {
        // The one who waits may destroy this as soon as the value is there: the promise must live a little longer.
        const auto done = done_;
        done->set_value();
    }

    /// Waits for the answer: `created`, `updated` …, or the name of the domain::errc. Throws storage_failed.
    [[nodiscard]] std::string wait();

private:
    domain::set_command command_;
    std::shared_ptr<std::promise<void>> done_ = std::make_shared<std::promise<void>>();
};

/// `created`, `updated` …, or the name of the domain::errc.
[[nodiscard]] std::string to_text(const domain::result<domain::outcome>& answer);

/// Submits a set and waits for its answer.
[[nodiscard]] std::string perform(domain::store& store, const session& by, domain::set_command what,
                                  domain::timestamp now = 1, const domain::user_limits& limits = {});

/// What a GET shows between its constants; `unknown_token` or `forbidden` if it is refused.
[[nodiscard]] std::string items_of(domain::store& store, const session& by);

/// The pushkeys of a list, in its order, each followed by a space.
[[nodiscard]] std::string pushkeys_of(domain::store& store, const session& by);

/// A pusher with all that is stored about it.
struct stored_pusher {
    std::string device_id;
    std::string shown;
    domain::timestamp created;
    domain::timestamp updated;
    domain::pusher_kind kind;
    bool enabled;
};

[[nodiscard]] std::vector<stored_pusher> stored_pushers(persistence::database& db, std::string_view user_id);

/// The id of the last transaction that was committed.
[[nodiscard]] std::uint64_t last_transaction(persistence::database& db);

/// What verify() finds wrong.
[[nodiscard]] std::vector<std::string> faults_of(persistence::database& db);

/// A store on a database of its own.
class scratch_store {
public:
    explicit scratch_store(persistence::committer::options settings = {},
                           const persistence::database_options& options = fast_options())
        : scratch_(options), store_(scratch_.db(), log_, std::move(settings)) {}

    [[nodiscard]] persistence::database& db() noexcept { return scratch_.db(); }
    [[nodiscard]] domain::store& store() noexcept { return store_; }
    [[nodiscard]] const recording_logger& log() const noexcept { return log_; }

    [[nodiscard]] session log_in(const std::string& user_id, const std::string& device_id = "") {
        return testing::log_in(db(), user_id, device_id);
    }

    [[nodiscard]] std::string set(const session& by, domain::set_command what, domain::timestamp now = 1,
                                  const domain::user_limits& limits = {}) {
        return perform(store_, by, std::move(what), now, limits);
    }

    [[nodiscard]] std::string pushkeys_of(const session& by) { return testing::pushkeys_of(store_, by); }

private:
    recording_logger log_;
    scratch_database scratch_;
    persistence::lmdb_store store_;
};

}  // namespace pusherd::testing
