#pragma once

#include "domain/pokes/delivery_failure.hpp"
#include "domain/pusher.hpp"
#include "net/api/awaited.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace pusherd::net {

/// What has come of a poke that was sent to see whether it arrives.
struct poke_test_outcome {
    enum class verdict : std::uint8_t {
        unknown,    ///< there is no such pusher, or it is none of http
        busy,       ///< too many tests are under way
        delivered,  ///< the gateway has taken it
        rejected,   ///< the gateway has rejected the pushkey, and the pusher is gone for that
        failed,     ///< see `failure`
    };
    verdict what = verdict::failed;
    std::uint16_t status = 0;  ///< that the gateway answered; 0: it has not
    std::chrono::milliseconds took{0};
    domain::delivery_failure failure{};
};

/// A poke that a user wants to be sent to see whether it arrives.
class pending_poke_test final : public awaited {
public:
    pending_poke_test(answer_carrier& carrier, std::string whose, domain::pusher_key which)
        : awaited(carrier), user_id(std::move(whose)), key(std::move(which)) {}

    /// Called by who sends; once. Its life may end with it.
    void finish(poke_test_outcome what) noexcept {
        outcome = std::move(what);
        tell_that_it_is_answered();
    }

    std::string user_id;
    domain::pusher_key key;
    poke_test_outcome outcome;
};

}  // namespace pusherd::net
