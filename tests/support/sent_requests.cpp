#include "tests/support/sent_requests.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace pusherd::testing {
namespace {

std::optional<std::size_t> to_size(std::string_view digits, int base) {
    std::size_t size = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size, base);
    if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return size;
}

// The value of a field, without the spaces around it; nothing if it is not there.
std::optional<std::string> field_of(const std::string& head_in_lower_case, std::string_view name) {
    const std::size_t at = head_in_lower_case.find("\r\n" + std::string(name) + ":");
    if (at == std::string::npos) return std::nullopt;
    const std::size_t begin = at + name.size() + 3;
    std::string value = head_in_lower_case.substr(begin, head_in_lower_case.find("\r\n", begin) - begin);
    value.erase(0, value.find_first_not_of(" \t"));
    value.erase(value.find_last_not_of(" \t") + 1);
    return value;
}

// `GET /path HTTP/1.1`
bool read_line(const std::string& head, sent_request& into) {
    const std::string line = head.substr(0, head.find("\r\n"));
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string::npos || first == last || !line.substr(last).starts_with(" HTTP/1.")) return false;
    into.method = line.substr(0, first);
    into.target = line.substr(first + 1, last - first - 1);
    return into.target.find(' ') == std::string::npos;
}

}  // namespace

void sent_requests::add(std::string_view bytes) {
    is_lost_ = is_lost_ || bytes_.size() - begin_ + bytes.size() > most_bytes;
    if (!is_lost_) bytes_ += bytes;
}

std::optional<sent_request> sent_requests::take() {
    if (is_lost_) return std::nullopt;
    auto request = read();
    if (!request) is_lost_ = true;
    if (is_lost_) bytes_.clear();
    begin_ = std::min(begin_, bytes_.size());
    return request;
}

// Seldom, because thousands may have been sent at once.
void sent_requests::forget_what_was_taken() {
    if (begin_ < bytes_.size() / 2) return;
    bytes_.erase(0, begin_);
    begin_ = 0;
}

std::optional<sent_request> sent_requests::read() {
    forget_what_was_taken();
    if (bytes_.compare(begin_, 2, "\r\n") == 0) begin_ += 2;
    const std::size_t end = bytes_.find("\r\n\r\n", begin_);
    if (end == std::string::npos) return std::nullopt;
    const std::string head = bytes_.substr(begin_, end + 2 - begin_);
    begin_ = end + 4;
    sent_request request;
    if (!read_line(head, request)) return std::nullopt;

    const std::string fields = boost::algorithm::to_lower_copy(head);
    if (field_of(fields, "transfer-encoding")) {
        is_lost_ = !read_chunks(request.body);
    } else if (const auto length = field_of(fields, "content-length")) {
        const auto size = to_size(*length, 10);
        if (!size) return std::nullopt;
        read_body_of_size(*size, request.body);
    }
    return request;
}

// An answer may come before the whole body has been sent: then it is the last.
void sent_requests::read_body_of_size(std::size_t size, std::string& body) {
    body = bytes_.substr(begin_, size);
    is_lost_ = body.size() < size;
    begin_ += body.size();
}

// False: they do not end, or are none.
bool sent_requests::read_chunks(std::string& body) {
    for (;;) {
        const std::size_t end = bytes_.find("\r\n", begin_);
        if (end == std::string::npos) return false;
        const std::string line = bytes_.substr(begin_, end - begin_);
        const auto size = to_size(line.substr(0, line.find_first_of("; \t")), 16);
        if (!size || bytes_.size() - end - 2 < *size) return false;
        if (*size == 0) break;
        body += bytes_.substr(end + 2, *size);
        begin_ = std::min(end + 2 + *size + 2, bytes_.size());
    }
    // The last chunk, trailers, an empty line.
    const std::size_t end = bytes_.find("\r\n\r\n", begin_);
    if (end == std::string::npos) return false;
    begin_ = end + 4;
    return true;
}

}  // namespace pusherd::testing
