#include "net/http/head_scanner.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace pusherd::net {
namespace {

bool is_control(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

// Whether one of eight bytes is a control character, told at once: the arithmetic borrows into a byte's top bit where
// the byte is less than 0x20, or where DEL has become 0.
bool has_control(std::uint64_t eight) noexcept {
    constexpr std::uint64_t each = 0x0101010101010101;
    constexpr std::uint64_t top_bits = 0x80 * each;
    const std::uint64_t below_space = (eight - 0x20 * each) & ~eight;
    const std::uint64_t without_del = eight ^ (0x7f * each);
    const std::uint64_t is_del = (without_del - each) & ~without_del;
    return ((below_space | is_del) & top_bits) != 0;
}

// How many bytes there are in front of the first control character. A head is nearly all such bytes.
std::size_t count_plain(std::string_view text) noexcept {
    std::size_t at = 0;
    for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
        std::memcpy(&eight, text.data() + at, sizeof eight);
        if (has_control(eight)) break;
    }
    while (at < text.size() && !is_control(text[at])) ++at;
    return at;
}

}  // namespace

head_scanner::verdict head_scanner::scan(std::string_view arrived) noexcept {
    const std::size_t end = std::min(arrived.size(), max_bytes);
    while (at_ < end) {
        const bool folds = at_ == line_start_ && (arrived[at_] == ' ' || arrived[at_] == '\t');
        if (folds) return verdict::malformed;
        at_ += count_plain(arrived.substr(at_, end - at_));
        if (at_ == end) break;
        if (arrived[at_] == '\t') {
            ++at_;
            continue;
        }
        if (arrived[at_] != '\r') return verdict::malformed;
        if (at_ + 1 == end) break;  // the LF is still to come
        if (arrived[at_ + 1] != '\n') return verdict::malformed;
        const bool is_empty_line = at_ == line_start_;
        at_ += 2;
        line_start_ = at_;
        if (is_empty_line) return verdict::complete;
        if (++lines_ > max_fields + 1) return verdict::too_many_fields;
    }
    return arrived.size() >= max_bytes ? verdict::too_large : verdict::need_more;
}

}  // namespace pusherd::net
