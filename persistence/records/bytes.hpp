#pragma once

#include "persistence/engine/storage_error.hpp"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <string>
#include <string_view>

/// How records are laid out: fixed-size integers in the machine's byte order (a database of the other order is refused
/// when it is opened), read by memcpy because LMDB aligns nothing, and counted bytes.
namespace pusherd::persistence {

template <std::integral Integer>
void append(std::string& out, Integer value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

/// Takes a record apart from front to back; what is not there throws corrupt_record.
class byte_reader {
public:
    explicit byte_reader(std::string_view bytes) noexcept : bytes_(bytes) {}

    template <std::integral Integer>
    [[nodiscard]] Integer take() {
        Integer value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }

    [[nodiscard]] std::string_view take(std::size_t size) {
        if (size > bytes_.size()) throw corrupt_record("a record ends too early");
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }

    template <class Array>
    [[nodiscard]] Array take_array() {
        Array out;
        const std::string_view taken = take(out.size());
        std::copy(taken.begin(), taken.end(), out.begin());
        return out;
    }

    /// Takes the first byte of a record: the version of its layout.
    void expect_version(unsigned char version) {
        if (take<unsigned char>() != version) throw corrupt_record("a record has an unknown version");
    }

    [[nodiscard]] std::string_view rest() const noexcept { return bytes_; }

    void expect_end() const {
        if (!bytes_.empty()) throw corrupt_record("a record is too long");
    }

private:
    std::string_view bytes_;
};

}  // namespace pusherd::persistence
