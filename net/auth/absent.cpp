// What stands in this folder's place, and in that of address_book, in a build without validators (PUSHERD_AUTH=OFF):
// options that name one are refused, so there never is an authenticator.

#include "net/auth/authenticator.hpp"

namespace pusherd::net {

address_book::~address_book() = default;
authenticator::~authenticator() = default;

auth_verdict authenticator::remembered(const question_digests&) const { return {}; }
void authenticator::ask_whether_alive() noexcept {}
void authenticator::ask(pending_question& question) noexcept { question.answer(nobody_to_ask{}); }
std::vector<upstream_statistics> authenticator::statistics() const { return {}; }
std::size_t verdict_cache::sessions() const noexcept { return 0; }

question_digests digests_of(const domain::token_question&, const domain::token_digest& token) { return {token, token}; }

}  // namespace pusherd::net
