#pragma once

#include "domain/logger.hpp"
#include "domain/store.hpp"
#include "persistence/registry/committer.hpp"
#include "persistence/registry/database.hpp"

namespace pusherd::persistence {

/// domain::store on an LMDB database.
class lmdb_store final : public domain::store {
public:
    lmdb_store(database& db, domain::logger& log, committer::options settings)
        : db_(db), on_broken_(settings.on_broken), committer_(db, log, std::move(settings)) {}

    [[nodiscard]] std::unique_ptr<domain::store_reader> open_reader() override;
    [[nodiscard]] bool has_room() const noexcept override { return committer_.has_room(); }
    [[nodiscard]] bool submit(domain::change what) override { return committer_.submit(what); }

    /// See committer.
    [[nodiscard]] queue_state queue() const noexcept { return committer_.queue(); }
    [[nodiscard]] const commit_counters& commits() const noexcept { return committer_.counters(); }
    void ask_whether_alive() noexcept { committer_.ask_whether_alive(); }
    [[nodiscard]] bool is_alive() const noexcept { return committer_.is_alive(); }

private:
    database& db_;
    std::function<void()> on_broken_;
    committer committer_;
};

}  // namespace pusherd::persistence
