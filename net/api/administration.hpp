#pragma once

#include "domain/error.hpp"
#include "domain/store.hpp"
#include "net/api/pending_change.hpp"
#include "net/api/refusal.hpp"
#include "net/api/routes.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace pusherd::net {

/// What a request says in its path and query, besides what it asks for; for those that are neither a list nor a set.
struct request_details {
    endpoint target = endpoint::unknown;
    std::array<std::string, 3> parameters{};  ///< of its path, decoded
    std::string query;                        ///< undecoded, without an access token
};

/// Counts all pushers, in slices that leave the thread to others in between.
class pusher_count;

/// What administrators and services ask for: looks things up, and says what is to be changed. Knows no HTTP but its
/// statuses. One a thread. Throws what the store throws.
class administration {
public:
    /// What came of a request, or of the next slice of it: the body of a 200; a refusal; a change that has been put
    /// where it belongs, and is to be submitted; or nothing yet, and go_on() is to be called.
    struct to_be_submitted {};
    struct to_be_continued {};
    using outcome = std::variant<std::string, refusal, to_be_submitted, to_be_continued>;

    /// @param reader must outlive it
    administration(domain::store_reader& reader, answer_carrier& carrier);
    ~administration();

    administration(const administration&) = delete;
    administration& operator=(const administration&) = delete;

    /// @param who is behind the request; taken over by a change
    /// @param change gets what is to be submitted
    /// @param count gets what is to be continued
    [[nodiscard]] outcome begin(const request_details& request, domain::identity& who, std::string_view body,
                                domain::timestamp now, change_under_way& change, std::unique_ptr<pusher_count>& count);

    [[nodiscard]] outcome go_on(pusher_count& count);

private:
    [[nodiscard]] outcome end_sessions(std::string_view body, domain::identity& who, domain::timestamp now,
                                       change_under_way& change);
    [[nodiscard]] outcome notify(std::string_view body, domain::identity& who, domain::timestamp now,
                                 change_under_way& change);
    [[nodiscard]] outcome list_users_pushers(const std::string& user_id);
    [[nodiscard]] outcome find(const request_details& request);
    [[nodiscard]] outcome remove_selection(const request_details& request, domain::identity& who, domain::timestamp now,
                                           change_under_way& change);
    [[nodiscard]] outcome remove_one(const request_details& request, domain::identity& who, domain::timestamp now,
                                     change_under_way& change);

    domain::store_reader& reader_;
    answer_carrier& carrier_;
};

/// The body of the answer to a change that the store has answered.
[[nodiscard]] std::variant<std::string, domain::error> body_of(const pending_session_end& done);
[[nodiscard]] std::variant<std::string, domain::error> body_of(const pending_removal& done);
[[nodiscard]] std::variant<std::string, domain::error> body_of(const pending_notify& done);

}  // namespace pusherd::net
