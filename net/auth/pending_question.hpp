#pragma once

#include "domain/validators/token_validator.hpp"
#include "domain/wipe.hpp"
#include "net/api/awaited.hpp"
#include "net/auth/remembered_session.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace pusherd::net {

/// No validator knows the token, and one of them could not be asked.
struct nobody_to_ask {
    std::chrono::milliseconds retry_after{};
};

/// The e-mail address that was asked about is the user's own, or is not.
struct address_is_owned {};
struct address_is_not_owned {};

/// What came of a question; nothing yet at first.
using auth_verdict = std::variant<std::monostate, std::shared_ptr<const remembered_session>, domain::unknown_token,
                                  domain::refused_token, nobody_to_ask, address_is_owned, address_is_not_owned>;

/// A question to the validators, between the request that has it and the answer.
class pending_question final : public awaited {
public:
    /// @param snapshot what the store was at when it was asked: of what is answered, nothing is older
    pending_question(answer_carrier& carrier, domain::token_question about, const question_digests& known_by,
                     std::uint64_t snapshot)
        : awaited(carrier), question(std::move(about)), digests(known_by), asked_in(snapshot) {}
    ~pending_question() { domain::wipe(question.token); }

    pending_question(const pending_question&) = delete;
    pending_question& operator=(const pending_question&) = delete;

    /// Called by who answers; once. Its life may end with it.
    void answer(auth_verdict what) noexcept {
        verdict = std::move(what);
        tell_that_it_is_answered();
    }

    domain::token_question question;
    question_digests digests;
    std::uint64_t asked_in;
    /// Not whose token it is, but whether this e-mail address is its user's; empty: the former.
    std::string address;

    auth_verdict verdict;
};

/// @param token the digest of its token
[[nodiscard]] question_digests digests_of(const domain::token_question& question, const domain::token_digest& token);

}  // namespace pusherd::net
