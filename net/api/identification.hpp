#pragma once

#include "domain/store.hpp"
#include "net/api/admitted_request.hpp"
#include "net/api/awaited.hpp"
#include "net/api/refusal.hpp"
#include "net/auth/authenticator.hpp"
#include "net/http/request_head.hpp"

#include <memory>
#include <variant>

namespace pusherd::net {

/// A question to the validators is open, in the request; it goes on once that is answered.
struct to_be_asked {};

/// Finds out whose an access token is: by the store's table, always first; then by what validators have said, or say
/// when they are asked. One a thread.
class identification {
public:
    /// @param validators none: the table alone knows
    identification(domain::store_reader& reader, authenticator* validators, answer_carrier& carrier) noexcept
        : reader_(reader), validators_(validators), carrier_(carrier) {}

    /// Notes what a validator is told of the client. The head is gone when it is asked.
    void note_client(const request_head& head, domain::token_question& client) const;

    /// Whose the request's token is. What a question of the request has been answered with is used up.
    [[nodiscard]] std::variant<domain::identity, refusal, to_be_asked> find(admitted_request& request);

    /// The same for a token that is known to be in no table; in the session, the number of the snapshot in which it was
    /// known to be valid may be an old one.
    using session_ptr = std::shared_ptr<const remembered_session>;
    [[nodiscard]] std::variant<session_ptr, refusal, to_be_asked> find_vouched_for(admitted_request& request,
                                                                                   const domain::token_digest& token);

    /// Whether an e-mail address is the client's own, as its homeserver says: nothing, or why not.
    [[nodiscard]] std::variant<std::monostate, refusal, to_be_asked> check_address(admitted_request& request,
                                                                                   const std::string& address);

private:
    [[nodiscard]] to_be_asked ask(admitted_request& request, const question_digests& digests,
                                  const std::string& address);

    domain::store_reader& reader_;
    authenticator* validators_;
    answer_carrier& carrier_;
};

}  // namespace pusherd::net
