#pragma once

#include "tests/model/raw_json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pusherd::testing {

/// What a request is to be answered with.
struct expectation {
    int status = 200;
    std::string errcode{};
    std::string outcome{};

    bool operator==(const expectation&) const = default;
};

/// A set that wants a pusher.
struct wanted_pusher {
    shown_pusher shown;
    bool append = false;
    std::optional<bool> enabled{};          ///< what it says under the name `enabled`
    std::optional<bool> msc3881_enabled{};  ///< and under `org.matrix.msc3881.enabled`
};

/// A notification for a user's pushers.
struct told_event {
    std::string user;
    std::string event_id;  ///< empty: of counts alone
    bool is_own = false;
};

/// What waits, by user, app_id and pushkey: ids of events, oldest first, and nothing for counts alone.
using waiting_events = std::map<std::array<std::string, 3>, std::vector<std::string>>;

/// The pushers of all users, as the specification tells it: plain lists, searched from end to end.
class model {
public:
    explicit model(std::size_t most_pushers) : most_pushers_(most_pushers) {}

    void add_token(const std::string& token, const std::string& user, const std::string& device);
    void add_service_token(const std::string& token);

    [[nodiscard]] expectation set(const std::string& token, const wanted_pusher& wanted);
    [[nodiscard]] expectation remove(const std::string& token, const std::string& app_id, const std::string& pushkey);
    /// @param errcode what is wrong with the set
    [[nodiscard]] expectation refused_set(const std::string& token, const std::string& errcode) const;
    [[nodiscard]] expectation list(const std::string& token) const { return admit(token).value_or(expectation{}); }

    struct counts {
        std::uint64_t tokens = 0;
        std::uint64_t pushers = 0;
        bool operator==(const counts&) const = default;
    };
    [[nodiscard]] counts revoke_token(const std::string& token);
    [[nodiscard]] counts revoke_device(const std::string& user, const std::string& device);
    [[nodiscard]] counts revoke_user(const std::string& user);
    [[nodiscard]] counts remove_user(const std::string& user);

    /// How many wait, each counted for every pusher.
    [[nodiscard]] std::uint64_t notify(const std::vector<told_event>& all);
    [[nodiscard]] waiting_events waiting() const;

    /// Whose token it is; of a service's, nobody's.
    [[nodiscard]] std::string user_of(const std::string& token) const { return find(token)->user; }

    /// What the list of a token's user shows.
    [[nodiscard]] std::vector<shown_pusher> shown_to(const std::string& token) const;
    [[nodiscard]] std::vector<std::string> tokens() const;
    /// A token for each user who has one.
    [[nodiscard]] std::vector<std::string> a_token_of_each_user() const;
    [[nodiscard]] counts total() const;
    [[nodiscard]] std::uint64_t users_with_pushers() const;

private:
    struct holder {
        std::string token;
        std::string user;
        std::string device;
        bool is_service = false;
    };
    struct stored {
        shown_pusher shown;
        std::string device;
        bool enabled = true;
        std::vector<std::string> queue{};
        std::set<std::string> told{};  // a test takes less than a day
    };

    [[nodiscard]] const holder* find(const std::string& token) const;
    [[nodiscard]] std::optional<expectation> admit(const std::string& token) const;
    [[nodiscard]] bool enqueue(stored& pusher, const told_event& event);
    [[nodiscard]] bool evict_from_others(const std::string& user, const shown_pusher& key);
    template <class Condition>
    std::uint64_t erase_tokens(Condition&& is_doomed);
    template <class Condition>
    std::uint64_t erase_pushers(const std::string& user, Condition&& is_doomed);

    std::size_t most_pushers_;
    std::vector<holder> tokens_;  // in the order of their issue: a seed's choices depend on it
    std::map<std::string, std::vector<stored>> pushers_;
};

}  // namespace pusherd::testing
