#pragma once

#include "domain/logger.hpp"
#include "domain/pokes/poke_store.hpp"
#include "domain/store.hpp"
#include "persistence/files/data_folder.hpp"
#include "persistence/files/delivery_notes.hpp"
#include "persistence/registry/committer.hpp"
#include "persistence/registry/database.hpp"

#include <optional>

namespace pusherd::persistence {

/// domain::store and domain::poke_store on an LMDB database.
class lmdb_store final : public domain::store, public domain::poke_store {
public:
    lmdb_store(database& db, domain::logger& log, committer::options settings)
        : db_(db), log_(log), on_broken_(settings.on_broken), committer_(db, log, std::move(settings)) {}

    [[nodiscard]] std::unique_ptr<domain::store_reader> open_reader() override;
    [[nodiscard]] bool has_room() const noexcept override { return committer_.has_room(); }
    [[nodiscard]] bool submit(domain::change what) override { return committer_.submit(what); }

    [[nodiscard]] std::unique_ptr<domain::poke_reader> open_poke_reader() override;
    [[nodiscard]] bool begin_delivering() override;
    void end_delivering() noexcept override { delivering_.reset(); }
    [[nodiscard]] std::optional<std::uint32_t> note_delivered(const domain::poke_result& what) noexcept override;
    void forget_note(std::uint32_t note) noexcept override;
    [[nodiscard]] std::vector<domain::noted_delivery> noted_deliveries() override;
    void tell_of_pokes(domain::poke_listener* listener) noexcept override { committer_.tell_of_pokes(listener); }

    /// See committer.
    [[nodiscard]] queue_state queue() const noexcept { return committer_.queue(); }
    [[nodiscard]] const commit_counters& commits() const noexcept { return committer_.counters(); }
    void ask_whether_alive() noexcept { committer_.ask_whether_alive(); }
    [[nodiscard]] bool is_alive() const noexcept { return committer_.is_alive(); }

private:
    struct turn_to_deliver {
        file_lock lock;
        std::optional<delivery_notes> notes;  // none: its file cannot be used
    };

    database& db_;
    domain::logger& log_;
    std::function<void()> on_broken_;
    std::optional<turn_to_deliver> delivering_;
    committer committer_;
};

}  // namespace pusherd::persistence
