#include "net/http/head_scanner.hpp"

#include <algorithm>

namespace pusherd::net {
namespace {

bool is_forbidden(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

}  // namespace

head_scanner::verdict head_scanner::scan(std::string_view arrived) noexcept {
    const std::size_t end = std::min(arrived.size(), max_bytes);
    while (at_ < end) {
        if (!is_forbidden(arrived[at_])) {
            const bool folds = at_ == line_start_ && (arrived[at_] == ' ' || arrived[at_] == '\t');
            if (folds) return verdict::malformed;
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
