#pragma once

#include "net/bounds.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pusherd::net {

/// Finds the end of a request head in what has arrived so far, and refuses what Beast's parser would let pass but two
/// parsers may read differently: a CR or LF alone, obs-fold, NUL and other control characters (RFC 9112, 2.2 and 5.2;
/// RFC 9110, 5.5). Looks at each byte once, however the head is cut up on its way.
class head_scanner {
public:
    static constexpr std::size_t max_bytes = bounds::head_bytes;
    static constexpr std::size_t max_fields = bounds::head_fields;

    enum class verdict : std::uint8_t { need_more, complete, malformed, too_large, too_many_fields };

    /// @param arrived all bytes since the head began; what was passed before plus what came since
    [[nodiscard]] verdict scan(std::string_view arrived) noexcept;

    /// The size of a complete head, its empty line included.
    [[nodiscard]] std::size_t size() const noexcept { return at_; }

    void reset() noexcept { *this = {}; }

private:
    std::size_t at_ = 0;  // everything before is checked
    std::size_t line_start_ = 0;
    std::size_t lines_ = 0;
};

}  // namespace pusherd::net
