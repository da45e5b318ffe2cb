#include "persistence/files/delivery_notes.hpp"

#include "domain/sha256.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

namespace pusherd::persistence {

/// As it lies in the file: in one sector, so that a crash of the machine leaves the old one or the new one.
struct delivery_notes::slot {
    note what{};
    std::uint64_t sum = 0;  // of another value than it should have: there is no note here
    std::uint64_t unused[2]{};

    [[nodiscard]] static std::uint64_t sum_of(const note& what) noexcept {
        constexpr std::string_view version = "1";
        const std::string_view bytes(reinterpret_cast<const char*>(&what), sizeof what);
        const domain::token_digest digest = domain::sha256({version, bytes});
        std::uint64_t sum = 0;
        std::memcpy(&sum, digest.data(), sizeof sum);
        return sum;
    }

    [[nodiscard]] bool holds_note() const noexcept { return sum == sum_of(what); }
};

delivery_notes::delivery_notes(const std::filesystem::path& file)
    : path_(file), file_(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)) {
    static_assert(sizeof(note) == 40 && sizeof(slot) == 64, "there is nothing between what is summed up");
    if (!file_.is_open()) refuse(file, "cannot be opened: " + reason());
    if (::fchmod(file_.get(), 0600) != 0) refuse(file, "cannot be made private: " + reason());
    // So that a disk that is full later takes notes all the same.
    if (const int code = ::posix_fallocate(file_.get(), 0, most * sizeof(slot)); code != 0)
        refuse(file, "cannot be given its size: " + std::generic_category().message(code));
    std::array<bool, most> is_taken{};
    for (const auto& [place, what] : all()) is_taken[place] = true;
    free_.reserve(most);
    for (std::uint32_t place = most; place-- > 0;)
        if (!is_taken[place]) free_.push_back(place);
}

std::vector<std::pair<std::uint32_t, delivery_notes::note>> delivery_notes::all() const {
    std::vector<std::pair<std::uint32_t, note>> found;
    slot read;
    for (std::uint32_t place = 0; place < most; ++place) {
        const auto size = ::pread(file_.get(), &read, sizeof read, static_cast<::off_t>(place * sizeof read));
        if (size < 0) refuse(path_, "cannot be read: " + reason());
        if (size == sizeof read && read.holds_note()) found.emplace_back(place, read.what);
    }
    return found;
}

std::optional<std::uint32_t> delivery_notes::add(const note& what) noexcept {
    if (free_.empty()) return std::nullopt;
    const std::uint32_t place = free_.back();
    slot written;
    written.what = what;
    written.sum = slot::sum_of(what);
    const auto at = static_cast<::off_t>(place * sizeof written);
    if (::pwrite(file_.get(), &written, sizeof written, at) != static_cast<::ssize_t>(sizeof written))
        return std::nullopt;
    free_.pop_back();
    return place;
}

}  // namespace pusherd::persistence
