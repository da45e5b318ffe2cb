#pragma once

#include "domain/identity.hpp"
#include "domain/validators/token_validator.hpp"
#include "net/api/administration.hpp"
#include "net/api/pending_poke_test.hpp"
#include "net/api/pending_relay.hpp"
#include "net/api/pusher_count.hpp"
#include "net/api/routes.hpp"
#include "net/asio.hpp"
#include "net/auth/pending_question.hpp"

#include <memory>
#include <optional>
#include <string>

namespace pusherd::net {

/// A request whose head has passed every check: what is remembered of it while its body is read.
struct admitted_request {
    endpoint target = endpoint::unknown;
    bool is_head = false;                 ///< HEAD: the answer goes without its body
    domain::token_question asker;         ///< its access token, and what a validator is told of the client
    domain::identity who;                 ///< for everything that wants a token, but for a list
    request_details details;              ///< for what is neither a list nor a set
    std::unique_ptr<pusher_count> count;  ///< under way, in slices
    std::string line;          ///< its method and target, without values, for the log; empty: it is not logged
    clock::time_point came{};  ///< the turn of the event loop in which it came

    /// What the validators are to be asked, or have answered; stays where it is meanwhile.
    std::optional<pending_question> question;
    /// A call of MAS's that the homeserver behind is to be told, or has been; the same holds.
    std::optional<pending_relay> relay;
    /// A poke that is sent for a test; the same holds.
    std::optional<pending_poke_test> test;

    /// Whether it has been begun, and is to be gone on with.
    [[nodiscard]] bool is_under_way() const noexcept { return count || question || relay || test; }

    /// What is refused before it is known is not taken for this one. No question, no relay and no test is open.
    void forget() noexcept {
        target = endpoint::unknown;
        line.clear();
        details = {};  // it may have push keys in it
        count.reset();
        question.reset();
        relay.reset();
        test.reset();
    }
};

}  // namespace pusherd::net
