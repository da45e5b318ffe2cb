#pragma once

#include "domain/change.hpp"
#include "persistence/files/file_calls.hpp"
#include "persistence/records/keys.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace pusherd::persistence {

/// What push gateways have taken and the database does not know yet, in a file of a fixed size beside it. It is not
/// synced, so that a note costs next to nothing: it outlives a process that is killed, but not for certain the machine,
/// and need not, for what was noted and is lost is sent again. One process at a time, and one thread.
class delivery_notes {
public:
    struct note {
        digest128 queue;
        std::uint64_t number;
        domain::timestamp queued;
        domain::timestamp delivered;
    };

    static constexpr std::size_t most = 2048;

    /// Makes the file if need be. Throws unusable_database.
    explicit delivery_notes(const std::filesystem::path& file);

    /// What the file says, by this process or one before it, each with its place: what was let go and not written over
    /// is there as well. Throws unusable_database.
    [[nodiscard]] std::vector<std::pair<std::uint32_t, note>> all() const;

    /// In one write to the file: between two of them, it is there or it is not.
    /// @return its place; nothing: there are too many, or the file cannot be written
    [[nodiscard]] std::optional<std::uint32_t> add(const note& what) noexcept;

    /// Its place may be taken by another. Until then it says what the database knows, which does no harm: a poke's
    /// number is given once.
    void let_go(std::uint32_t place) noexcept { free_.push_back(place); }

private:
    struct slot;

    std::filesystem::path path_;
    descriptor file_;
    std::vector<std::uint32_t> free_;  // places
};

}  // namespace pusherd::persistence
