#pragma once

#include "net/pokes/delivery.hpp"
#include "net/wall_clock.hpp"
#include "tests/net/pokes/test_gateway.hpp"
#include "tests/support/poked_store.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

/// Delivery in this process, from a store on a real LMDB to a gateway of the test.
namespace pusherd::net {

[[nodiscard]] inline found_addresses addresses(std::initializer_list<const char*> all, const std::string& port) {
    found_addresses found;
    for (const char* each : all)
        found.addresses.emplace_back(asio::ip::make_address(each), static_cast<std::uint16_t>(std::stoul(port)));
    return found;
}

/// A name server that knows but one address.
[[nodiscard]] inline name_lookup::function always(const char* address) {
    return [address](const std::string&, const std::string& port) { return addresses({address}, port); };
}

struct delivering : testing::poked_store {
    delivering() = default;
    ~delivering() { delivery.reset(); }
    delivering(const delivering&) = delete;
    delivering& operator=(const delivering&) = delete;

    /// Of the forbidden ranges, a gateway may have 127.0.0.1.
    static poke_delivery::options options(name_lookup::function look_up = always("127.0.0.1")) {
        poke_delivery::options how;
        how.policy.allow_ranges.push_back(*domain::parse_ip_range("127.0.0.1"));
        how.allow_insecure = true;
        how.look_up = std::move(look_up);
        return how;
    }

    void begin(poke_delivery::options how = options()) {
        delivery = std::make_unique<poke_delivery>(std::move(how), pokes(), logger);
    }

    void set_at(const std::string& url, const std::string& pushkey = "phone") {
        (void)set(alice, testing::set_with_data(testing::key_of(pushkey), R"({"url":")" + url + "\"}"), testing::noon);
    }

    void tell(const std::string& id, std::string_view user = "@alice:h") {
        BOOST_TEST(notify(testing::event(id, user), now_in_milliseconds()) != 0U);
    }

    bool is_sent(std::uint64_t how_many = 1) {
        return testing::comes_true([&] { return health_of().sent == how_many; });
    }

    bool is_blocked() {
        return testing::comes_true([&] { return condition_of(health_of()) == domain::pusher_condition::blocked; });
    }

    testing::recording_logger logger;
    std::unique_ptr<poke_delivery> delivery;
};

}  // namespace pusherd::net
