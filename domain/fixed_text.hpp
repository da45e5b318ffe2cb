#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string_view>

namespace pusherd::domain {

/// Text that needs no memory but its own: for what must be said when there is none. What does not fit is left out.
template <std::size_t Capacity>
class fixed_text {
public:
    fixed_text() noexcept { bytes_[0] = '\0'; }
    fixed_text(std::initializer_list<std::string_view> parts) noexcept : fixed_text() {
        for (const std::string_view part : parts) append(part);
    }

    fixed_text& append(std::string_view text) noexcept {
        const std::size_t taken = std::min(text.size(), Capacity - size_);
        std::memcpy(bytes_.data() + size_, text.data(), taken);
        size_ += taken;
        bytes_[size_] = '\0';
        return *this;
    }

    fixed_text& append_number(std::uint64_t number) noexcept {
        char digits[20];
        return append({digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr});
    }

    [[nodiscard]] const char* c_str() const noexcept { return bytes_.data(); }
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
    operator std::string_view() const noexcept { return view(); }  // NOLINT(google-explicit-constructor): as a string's

private:
    std::array<char, Capacity + 1> bytes_;  // not initialised: it is written before it is read
    std::size_t size_ = 0;
};

/// A line of the log.
using short_line = fixed_text<512>;

}  // namespace pusherd::domain
