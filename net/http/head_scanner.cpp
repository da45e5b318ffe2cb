#include "net/http/head_scanner.hpp"

#include "domain/eight_bytes.hpp"

#include <algorithm>

namespace pusherd::net {
namespace {

// How many bytes there are in front of the first control character. A head is nearly all such bytes.
std::size_t count_plain(std::string_view text) noexcept {
    using namespace domain;
    constexpr unsigned char del = 0x7f;
    return eight_bytes::find_special(
        text,
        [](eight_bytes::word eight) { return eight_bytes::any_below(eight, 0x20) || eight_bytes::any_is(eight, del); },
        [](unsigned char c) { return c < 0x20 || c == del; });
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
