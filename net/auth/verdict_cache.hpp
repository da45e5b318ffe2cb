#pragma once

#include "domain/validators/token_validator.hpp"
#include "net/auth/recent_map.hpp"
#include "net/auth/remembered_session.hpp"
#include "net/bounds.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <variant>

namespace pusherd::net {

/// A validator does not know the token, and need not be asked again for a moment.
struct remembered_unknown {
    bool soft_logout = false;
    clock::time_point until{};
};

struct nothing_remembered {};

using remembered_verdict =
    std::variant<nothing_remembered, std::shared_ptr<const remembered_session>, remembered_unknown>;

/// What validators have said, for a while. Of bounded size: sessions and unknown tokens apart, so that who guesses
/// tokens drives nobody out. In shards, so that threads seldom meet. Any thread.
class verdict_cache {
public:
    using session_ptr = std::shared_ptr<const remembered_session>;

    /// What may be answered without asking.
    [[nodiscard]] remembered_verdict find_fresh(const verdict_key& key, clock::time_point now) const;

    /// What may be answered where the validator cannot be asked; nullptr: nothing.
    [[nodiscard]] session_ptr find_stale(const verdict_key& key, clock::time_point now) const;

    /// Throws bad_alloc.
    void put(const verdict_key& key, session_ptr session);
    void put_unknown(const verdict_key& key, bool soft_logout, clock::time_point now);

    /// The validator has taken back what it said.
    void forget(const verdict_key& key);

    /// To be called from time to time: gives back the memory of what is of no use any more.
    void trim(clock::time_point now);

    [[nodiscard]] std::size_t sessions() const noexcept;

private:
    static constexpr std::size_t shards = 16;

    struct shard {
        recent_map<verdict_key, session_ptr, verdict_key_hash> sessions{bounds::remembered_sessions / shards};
        recent_map<verdict_key, remembered_unknown, verdict_key_hash> unknown{bounds::remembered_unknown_tokens /
                                                                              shards};
    };

    [[nodiscard]] const shard& shard_of(const verdict_key& key) const noexcept {
        return shards_[key.question.back() % shards];
    }
    [[nodiscard]] shard& shard_of(const verdict_key& key) noexcept { return shards_[key.question.back() % shards]; }

    std::array<shard, shards> shards_;
};

}  // namespace pusherd::net
