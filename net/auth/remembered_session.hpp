#pragma once

#include "domain/identity.hpp"
#include "net/asio.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace pusherd::net {

/// What a question is known by: a digest of its token; and one of the token and of the identity that is asserted with
/// it, which is the same where none is.
struct question_digests {
    domain::token_digest token;
    domain::token_digest whole;
};

/// What a verdict is remembered under: which validator gave it, on which question.
struct verdict_key {
    domain::token_digest question;
    std::uint8_t validator = 0;

    friend bool operator==(const verdict_key&, const verdict_key&) noexcept = default;
};

/// The digest is random enough.
struct verdict_key_hash {
    [[nodiscard]] std::size_t operator()(const verdict_key& key) const noexcept {
        std::size_t out = 0;
        std::memcpy(&out, key.question.data(), sizeof out);
        return out ^ key.validator;
    }
};

/// A session that a validator vouches for. Any thread; only the number of the snapshot changes.
struct remembered_session {
    /// @param known see known_in
    remembered_session(domain::identity session, std::uint64_t known, clock::time_point fresh, clock::time_point stale)
        : who(std::move(session)), known_in(known), fresh_until(fresh), stale_until(stale) {}

    domain::identity who;  ///< its snapshot: before which the validator was asked for the first time
    /// Where it was last known that the session has not ended, 0: nowhere yet. It spares the next one most of the
    /// search.
    mutable std::atomic<std::uint64_t> known_in;
    /// The validator has answered an assertion by another identity: it heeds none with this token, so there is one
    /// entry for all of them. Else who has a token could fill the memory by asserting.
    bool ignores_assertions = false;
    clock::time_point fresh_until;  ///< then the validator is asked again
    clock::time_point stale_until;  ///< so long it is good where the validator cannot be asked
};

}  // namespace pusherd::net
