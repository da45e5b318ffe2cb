#pragma once

#include "tests/power_loss/recording.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::power_loss {

/// What became of all that was not on disk for sure when the power went. The same seed always tells the same story.
struct loss {
    enum class extent { nothing_came, all_came, one_came, all_but_one_came, some_came };

    extent came = extent::all_came;
    bool by_sector = false;  ///< what came or not is a sector of 512 bytes, else a whole write
    std::uint32_t seed = 0;
};

/// What a disk holds when the power comes back: paths, folders ending in a slash and without bytes.
using image = std::map<std::string, std::string>;

/// Writes an image into an empty folder.
void write_image(const image& what, const std::filesystem::path& folder);

/// One file, as the system's cache has it and as the disk has it. Sectors of 512 bytes are written whole or not at all;
/// of several versions of one since the last sync, the disk may have any.
class cached_file {
public:
    void write(std::size_t offset, std::string_view bytes);
    void resize(std::size_t size) { cache_.resize(size); }
    void sync();
    void sync(std::size_t offset, std::size_t size);  ///< what O_DSYNC does for one write

    [[nodiscard]] const std::string& cached() const noexcept { return cache_; }
    [[nodiscard]] std::string after(const loss& how) const;
    [[nodiscard]] std::size_t pending_sectors() const noexcept { return pending_.size(); }

private:
    struct pending_sector {
        std::uint64_t write;
        std::size_t number;
        std::array<char, 512> bytes;
    };

    [[nodiscard]] std::size_t size_after(const loss& how) const;

    std::string cache_;
    std::string disk_;
    std::vector<pending_sector> pending_;
    std::uint64_t writes_ = 0;  ///< since the last sync
};

/// The folder that was recorded, with all below it. An entry is on disk for sure once its folder was synced.
class disk {
public:
    explicit disk(std::uint64_t root_inode);

    void apply(const event& what);
    /// The end of a write that goes through to the disk; its beginning was an ordinary one.
    void finish(const event& through_write);

    /// What the system shows as long as the power is there.
    [[nodiscard]] image as_cached() const;
    [[nodiscard]] image after(const loss& how) const;

    /// How many changes are not on disk for sure: sectors, sizes and entries.
    [[nodiscard]] std::size_t pending() const;

private:
    struct node;
    using node_pointer = std::shared_ptr<node>;
    using entries = std::map<std::string, node_pointer>;
    using change = std::map<std::string, node_pointer>;  ///< names that change at once; no node: gone

    struct node {
        bool is_folder = false;
        cached_file file{};
        entries cached{};
        entries on_disk{};
        std::vector<change> pending{};
    };

    void change_entries(std::uint64_t folder, change what);
    static void apply_change(entries& to, const change& what);
    [[nodiscard]] node& at(std::uint64_t inode) const;
    [[nodiscard]] static entries entries_after(const node& folder, const loss& how);
    static void show(const node& folder, const std::string& path, const std::optional<loss>& how, image& out);

    std::map<std::uint64_t, node_pointer> nodes_;
    node_pointer root_ = std::make_shared<node>(node{.is_folder = true});
};

}  // namespace pusherd::power_loss
