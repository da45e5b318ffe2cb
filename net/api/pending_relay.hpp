#pragma once

#include "domain/validators/token_validator.hpp"
#include "net/api/awaited.hpp"
#include "net/api/routes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pusherd::net {

/// A call of MAS's that is to be made at the homeserver behind as well, between what is on disk here and the answer.
class pending_relay final : public awaited {
public:
    pending_relay(answer_carrier& carrier, endpoint which, std::string_view body_of_call)
        : awaited(carrier), call(which), body(body_of_call) {}

    /// Called by who relays; once. Its life may end with it.
    /// @param what what the caller is to see; nothing: the homeserver has not answered
    void finish(std::optional<domain::validator_answer> what) noexcept {
        answer = std::move(what);
        is_answered = true;
        tell_that_it_is_answered();
    }

    endpoint call;
    std::string body;
    bool is_answered = false;
    std::optional<domain::validator_answer> answer;
};

}  // namespace pusherd::net
