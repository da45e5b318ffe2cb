#include "domain/ip_address.hpp"

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>

namespace pusherd::domain {
namespace {

namespace urls = boost::urls;

constexpr std::uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::uint8_t six_to_four[] = {0x20, 0x02};
constexpr std::uint8_t nat64[] = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
constexpr std::array<std::uint8_t, 15> zeros{};

bool starts_with(const ip_address& address, std::span<const std::uint8_t> prefix) noexcept {
    return std::equal(prefix.begin(), prefix.end(), address.bytes.begin());
}

ip_address v4_at(std::span<const std::uint8_t, 4> bytes) noexcept {
    ip_address address;
    std::copy(bytes.begin(), bytes.end(), std::copy(std::begin(mapped), std::end(mapped), address.bytes.begin()));
    return address;
}

ip_address v4_of(std::uint32_t number) noexcept { return v4_at(urls::ipv4_address(number).to_bytes()); }

std::optional<ip_address> parse_v6(std::string_view text) {
    const auto address = urls::parse_ipv6_address(text);
    if (!address) return std::nullopt;
    return ip_address{address->to_bytes()};
}

std::optional<std::uint32_t> read_number(std::string_view text) noexcept {
    const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    const int base = is_hexadecimal ? 16 : text.starts_with('0') ? 8 : 10;
    if (is_hexadecimal) text.remove_prefix(2);
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

// By hand, for the standard library and Boost.URL know the four decimal numbers alone.
std::optional<std::uint32_t> read_numbers_and_dots(std::string_view text) noexcept {
    std::uint32_t address = 0;
    unsigned bits_left = 32;
    for (;;) {
        const std::size_t dot = text.find('.');
        const auto number = read_number(text.substr(0, dot));
        if (!number) return std::nullopt;
        if (dot == std::string_view::npos) {
            const bool fits = std::uint64_t{*number} >> bits_left == 0;
            return fits ? std::optional(address | *number) : std::nullopt;
        }
        if (bits_left == 8 || *number > 0xff) return std::nullopt;
        bits_left -= 8;
        address |= *number << bits_left;
        text.remove_prefix(dot + 1);
    }
}

}  // namespace

bool ip_address::is_v4() const noexcept { return starts_with(*this, mapped); }

std::optional<ip_address> parse_ip_address(std::string_view text) {
    if (const auto v4 = urls::parse_ipv4_address(text)) return v4_of(v4->to_uint());
    return parse_v6(text);
}

std::optional<ip_address> address_of_host(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (const auto address = parse_v6(host.substr(0, host.find('%')))) return address;
    const auto number = read_numbers_and_dots(host);
    if (!number) return std::nullopt;
    return v4_of(*number);
}

std::optional<ip_address> embedded_v4(const ip_address& address) noexcept {
    const std::span<const std::uint8_t, 16> bytes = address.bytes;
    if (starts_with(address, six_to_four)) return v4_at(bytes.subspan<2, 4>());
    if (starts_with(address, nat64)) return v4_at(bytes.last<4>());
    const bool is_unspecified_or_loopback = starts_with(address, zeros) && bytes.back() <= 1;
    const bool is_compatible = starts_with(address, std::span(zeros).first<12>()) && !is_unspecified_or_loopback;
    return is_compatible ? std::optional(v4_at(bytes.last<4>())) : std::nullopt;
}

std::string to_string(const ip_address& address) {
    if (!address.is_v4()) return urls::ipv6_address(address.bytes).to_string();
    const auto& bytes = address.bytes;
    return urls::ipv4_address({bytes[12], bytes[13], bytes[14], bytes[15]}).to_string();
}

}  // namespace pusherd::domain
