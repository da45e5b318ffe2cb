#include "net/upstream/look_up.hpp"

#include <netdb.h>

#include <cstdint>
#include <cstring>
#include <memory>

namespace pusherd::net {

std::optional<asio::ip::address> address_in(const std::string& host) {
    boost::system::error_code not_one;
    const auto address = asio::ip::make_address(host, not_one);
    return not_one ? std::nullopt : std::optional(address);
}

std::optional<found_addresses> addresses_in(const std::string& host, const std::string& port) {
    const auto address = address_in(host);
    if (!address) return std::nullopt;
    return found_addresses{{{*address, static_cast<std::uint16_t>(std::stoul(port))}}, {}};
}

found_addresses look_up(const std::string& host, const std::string& port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
    addrinfo* first = nullptr;
    found_addresses found;
    const int failed = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &first);
    if (failed != 0) {
        found.problem = host + ": " + ::gai_strerror(failed);
        return found;
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(first, ::freeaddrinfo);
    for (const addrinfo* each = first; each != nullptr; each = each->ai_next) {
        tcp::endpoint address;
        if (each->ai_addrlen > address.capacity()) continue;
        address.resize(each->ai_addrlen);
        std::memcpy(address.data(), each->ai_addr, each->ai_addrlen);
        found.addresses.push_back(address);
    }
    return found;
}

}  // namespace pusherd::net
