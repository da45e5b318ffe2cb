#include "domain/ip_range.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pusherd::domain {
namespace {

constexpr unsigned mapped_length = 96;  // of what version 4 begins with
constexpr unsigned whole_length = 128;

error no_range(std::string_view text) {
    return {errc::invalid_param,
            "'" + std::string(text) + "' is no address and no range of them, such as 10.0.0.0/8 or fd00::/8"};
}

// The first address of the range that this one is in.
ip_address first_in_range(ip_address address, unsigned length) noexcept {
    int left = static_cast<int>(length);
    for (std::uint8_t& byte : address.bytes) {
        byte &= static_cast<std::uint8_t>(0xff00U >> std::clamp(left, 0, 8));
        left -= 8;
    }
    return address;
}

std::string_view without_brackets(std::string_view text) noexcept {
    const bool has_brackets = text.starts_with('[') && text.ends_with(']');
    return has_brackets ? text.substr(1, text.size() - 2) : text;
}

std::optional<unsigned> read_length(std::string_view digits, unsigned longest) noexcept {
    unsigned length = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    const bool is_good = read.ec == std::errc{} && read.ptr == digits.data() + digits.size() && length <= longest;
    return is_good ? std::optional(length) : std::nullopt;
}

}  // namespace

bool ip_range::contains(const ip_address& address) const noexcept {
    if (address.is_v4() && length < mapped_length) return false;
    return first_in_range(address, length) == first;
}

result<ip_range> parse_ip_range(std::string_view text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const auto address = parse_ip_address(slash == text.size() ? without_brackets(text) : text.substr(0, slash));
    if (!address) return no_range(text);
    if (slash == text.size()) return ip_range{*address};

    const unsigned not_written = text.find(':') == std::string_view::npos ? mapped_length : 0;
    const auto length = read_length(text.substr(slash + 1), whole_length - not_written);
    if (!length) return no_range(text);
    const ip_range range{first_in_range(*address, not_written + *length), not_written + *length};
    if (range.first != *address)
        return error{errc::invalid_param, "'" + std::string(text) +
                                              "' is in the middle of a range: " + to_string(range) + " is a whole one"};
    return range;
}

std::string to_string(const ip_range& range) {
    const unsigned written = range.first.is_v4() ? range.length - mapped_length : range.length;
    return to_string(range.first) + '/' + std::to_string(written);
}

}  // namespace pusherd::domain
