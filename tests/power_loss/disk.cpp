#include "tests/power_loss/disk.hpp"

#include "tests/support/files.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace pusherd::power_loss {
namespace {

constexpr std::size_t sector_size = 512;

// A number that looks random, always the same for the same arguments (the finaliser of MurmurHash3).
std::uint64_t scramble(std::uint64_t seed, std::uint64_t number) {
    std::uint64_t x = seed * 0x9E3779B97F4A7C15U + number + 1;
    x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDU;
    x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53U;
    return x ^ (x >> 33);
}

/// Which of so many changes came to the disk.
class fate {
public:
    fate(const loss& how, std::uint64_t changes)
        : how_(how), chosen_(changes == 0 ? 0 : scramble(how.seed, 1) % changes) {}

    [[nodiscard]] bool came(std::uint64_t change) const {
        switch (how_.came) {
            case loss::extent::nothing_came: return false;
            case loss::extent::all_came: return true;
            case loss::extent::one_came: return change == chosen_;
            case loss::extent::all_but_one_came: return change != chosen_;
            case loss::extent::some_came: return scramble(how_.seed + 1, change) % 16 < one_in_sixteen_;
        }
        return false;
    }

private:
    loss how_;
    std::uint64_t chosen_;
    std::uint64_t one_in_sixteen_ = 1 + scramble(how_.seed, 2) % 15;
};

}  // namespace

void write_image(const image& what, const std::filesystem::path& folder) {
    for (const auto& [path, bytes] : what)
        if (path.ends_with('/'))
            std::filesystem::create_directory(folder / path);
        else
            testing::write_file(folder / path, bytes);
}

void cached_file::write(std::size_t offset, std::string_view bytes) {
    const std::size_t end = offset + bytes.size();
    if (cache_.size() < end) cache_.resize(end);
    cache_.replace(offset, bytes.size(), bytes);
    for (std::size_t sector = offset / sector_size; sector * sector_size < end; ++sector) {
        pending_sector& version = pending_.emplace_back(pending_sector{writes_, sector, {}});
        const std::string_view now = std::string_view(cache_).substr(sector * sector_size, sector_size);
        std::copy(now.begin(), now.end(), version.bytes.begin());
    }
    ++writes_;
}

void cached_file::sync() {
    disk_ = cache_;
    pending_.clear();
    writes_ = 0;
}

void cached_file::sync(std::size_t offset, std::size_t size) {
    const std::size_t first = offset / sector_size;
    const std::size_t end = (offset + size + sector_size - 1) / sector_size;
    const std::size_t end_of_bytes = std::min<std::size_t>(end * sector_size, cache_.size());
    if (disk_.size() < end_of_bytes) disk_.resize(end_of_bytes);
    const std::size_t begin = first * sector_size;
    disk_.replace(begin, end_of_bytes - begin, cache_, begin, end_of_bytes - begin);
    std::erase_if(pending_, [&](const pending_sector& each) { return each.number >= first && each.number < end; });
}

// The size is written apart from the bytes: a file may be short of bytes that came, or have zeros for some that did
// not.
std::size_t cached_file::size_after(const loss& how) const {
    const auto [least, most] = std::minmax({disk_.size(), cache_.size()});  // values: references would dangle
    if (how.came == loss::extent::nothing_came) return disk_.size();
    if (how.came == loss::extent::all_came) return cache_.size();
    switch (scramble(how.seed, 3) % 4) {
        case 0: return disk_.size();
        case 1:
            return std::min(most, least + static_cast<std::size_t>(scramble(how.seed, 4) % (most - least + 1)) /
                                              sector_size * sector_size);
        default: return cache_.size();
    }
}

std::string cached_file::after(const loss& how) const {
    const fate chosen(how, how.by_sector ? pending_.size() : writes_);
    std::string bytes = disk_;
    for (std::size_t i = 0; i < pending_.size(); ++i) {
        const pending_sector& each = pending_[i];
        if (!chosen.came(how.by_sector ? i : each.write)) continue;
        const std::size_t begin = each.number * sector_size;
        if (bytes.size() < begin + sector_size) bytes.resize(begin + sector_size);
        std::copy(each.bytes.begin(), each.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    bytes.resize(size_after(how));
    return bytes;
}

disk::disk(std::uint64_t root_inode) { nodes_[root_inode] = root_; }

disk::node& disk::at(std::uint64_t inode) const {
    const auto found = nodes_.find(inode);
    if (found == nodes_.end()) throw std::logic_error("the log names a file that it has not seen before");
    return *found->second;
}

void disk::apply(const event& what) {
    const std::string name(what.name);
    switch (what.what) {
        case call::make_file:
        case call::make_folder:
            nodes_[what.object] = std::make_shared<node>(node{.is_folder = what.what == call::make_folder});
            return change_entries(what.folder, {{name, nodes_[what.object]}});
        case call::remove: return change_entries(what.folder, {{name, nullptr}});
        case call::rename:
            if (what.folder != what.offset) throw std::logic_error("a move to another folder is not modelled");
            return change_entries(what.folder, {{name, nullptr}, {std::string(what.data), nodes_.at(what.object)}});
        case call::write: return at(what.object).file.write(static_cast<std::size_t>(what.offset), what.data);
        case call::resize: return at(what.object).file.resize(static_cast<std::size_t>(what.offset));
        case call::sync: {
            node& synced = at(what.object);
            synced.file.sync();
            synced.on_disk = synced.cached;
            synced.pending.clear();
            return;
        }
    }
}

void disk::finish(const event& through_write) {
    at(through_write.object).file.sync(static_cast<std::size_t>(through_write.offset), through_write.data.size());
}

void disk::change_entries(std::uint64_t folder, change what) {
    node& changed = at(folder);
    apply_change(changed.cached, what);
    changed.pending.push_back(std::move(what));
}

void disk::apply_change(entries& to, const change& what) {
    for (const auto& [name, target] : what)
        if (target)
            to[name] = target;
        else
            to.erase(name);
}

disk::entries disk::entries_after(const node& folder, const loss& how) {
    loss of_entries = how;
    of_entries.seed += 7;  // their fate is their own
    const fate chosen(of_entries, folder.pending.size());
    entries all = folder.on_disk;
    for (std::size_t i = 0; i < folder.pending.size(); ++i)
        if (chosen.came(i)) apply_change(all, folder.pending[i]);
    return all;
}

void disk::show(const node& folder, const std::string& path, const std::optional<loss>& how, image& out) {
    for (const auto& [name, target] : how ? entries_after(folder, *how) : folder.cached) {
        if (target->is_folder) {
            out[path + name + '/'];
            show(*target, path + name + '/', how, out);
        } else {
            out[path + name] = how ? target->file.after(*how) : target->file.cached();
        }
    }
}

image disk::as_cached() const {
    image out;
    show(*root_, "", std::nullopt, out);
    return out;
}

image disk::after(const loss& how) const {
    image out;
    show(*root_, "", how, out);
    return out;
}

std::size_t disk::pending() const {
    std::size_t count = 0;
    for (const auto& [inode, each] : nodes_) count += each->pending.size() + each->file.pending_sectors();
    return count;
}

}  // namespace pusherd::power_loss
