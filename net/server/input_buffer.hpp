#pragma once

#include "net/bounds.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace pusherd::net {

/// Bytes that have arrived and are not read yet: one fixed block, so that a connection can hold no more.
class input_buffer {
public:
    static constexpr std::size_t capacity = bounds::input_bytes;

    [[nodiscard]] std::string_view readable() const noexcept { return {bytes_.data() + begin_, end_ - begin_}; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }

    void consume(std::size_t bytes) noexcept {
        begin_ += bytes;
        if (begin_ == end_) clear();
    }

    /// Where the next bytes go; what is unread moves to the front first, so views of it end here. Never empty while
    /// less than a head's worth is unread.
    [[nodiscard]] std::span<char> writable() noexcept {
        if (begin_ != 0) {
            std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        return {bytes_.data() + end_, bytes_.size() - end_};
    }

    void commit(std::size_t bytes) noexcept {
        end_ += bytes;
        touched_ = std::max(touched_, end_);
    }
    void clear() noexcept { begin_ = end_ = 0; }

    /// The same, and overwrites all that has been here: heads hold access tokens.
    void wipe() noexcept {
        ::explicit_bzero(bytes_.data(), touched_);
        touched_ = 0;
        clear();
    }

private:
    std::array<char, capacity> bytes_;  // not initialised: it is written before it is read
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t touched_ = 0;  // nothing has been written behind it since the last wipe()
};

}  // namespace pusherd::net
