#include "net/api/identification.hpp"

#include "domain/built_in.hpp"
#include "domain/sha256.hpp"
#include "net/api/percent_encoding.hpp"

#include <utility>

namespace pusherd::net {
namespace {

refusal unknown(bool soft_logout) {
    refusal no = to_refusal({domain::errc::unknown_token, ""}, {});
    no.soft_logout = soft_logout;
    return no;
}

// Of a verdict that names no session.
refusal refusal_of(const auth_verdict& verdict) {
    if (const auto* no = std::get_if<domain::unknown_token>(&verdict)) return unknown(no->soft_logout);
    if (const auto* no = std::get_if<domain::refused_token>(&verdict))
        return refusals::of_validator(no->status, no->errcode, no->error, no->soft_logout);
    if (const auto* down = std::get_if<nobody_to_ask>(&verdict)) return refusals::nobody_to_ask(down->retry_after);
    return refusals::internal();
}

}  // namespace

void identification::note_client(const request_head& head, domain::token_question& client) const {
    if (!domain::auth_is_built_in || validators_ == nullptr) return;
    client.user_agent = head.user_agent;
    client.forwarded_for = head.forwarded_for;
    client.asserted_user.reset();
    client.asserted_device.reset();
    // Of two, the first counts, as for Synapse.
    for (std::string_view query = head.query; !query.empty();) {
        const query_parameter next = take_parameter(query);
        if (!client.asserted_user && is_named(next, "user_id")) client.asserted_user = percent_decoded(next.value);
        if (!client.asserted_device && (is_named(next, "device_id") || is_named(next, "org.matrix.msc3202.device_id")))
            client.asserted_device = percent_decoded(next.value);
    }
}

std::variant<domain::identity, refusal, to_be_asked> identification::find(admitted_request& request) {
    const domain::token_digest token = domain::sha256(request.asker.token);
    if (auto known = reader_.authenticate(token)) return std::move(*known);
    auto found = find_vouched_for(request, token);
    if (std::holds_alternative<to_be_asked>(found)) return to_be_asked{};
    if (auto* no = std::get_if<refusal>(&found)) return std::move(*no);

    const session_ptr session = std::get<session_ptr>(std::move(found));
    std::uint64_t known_in = session->known_in.load(std::memory_order_relaxed);
    if (!reader_.is_still_valid(session->who, known_in)) return unknown(false);
    session->known_in.store(known_in, std::memory_order_relaxed);
    domain::identity who = session->who;
    who.snapshot = known_in;
    return who;
}

std::variant<identification::session_ptr, refusal, to_be_asked> identification::find_vouched_for(
    admitted_request& request, const domain::token_digest& token) {
    if (!domain::auth_is_built_in || validators_ == nullptr) return unknown(false);
    const question_digests digests = digests_of(request.asker, token);
    auth_verdict verdict = request.question ? std::move(request.question->verdict) : validators_->remembered(digests);
    request.question.reset();
    if (std::holds_alternative<std::monostate>(verdict)) return ask(request, digests, {});
    if (auto* session = std::get_if<session_ptr>(&verdict)) return std::move(*session);
    return refusal_of(verdict);
}

std::variant<std::monostate, refusal, to_be_asked> identification::check_address(admitted_request& request,
                                                                                 const std::string& address) {
    if (!request.question) return ask(request, {}, address);
    const auth_verdict verdict = std::move(request.question->verdict);
    request.question.reset();
    if (std::holds_alternative<address_is_owned>(verdict)) return std::monostate{};
    // Of a token that was issued here the homeserver knows nothing.
    const bool is_of_no_use =
        request.who.by == domain::voucher::store && std::holds_alternative<domain::unknown_token>(verdict);
    if (is_of_no_use || std::holds_alternative<address_is_not_owned>(verdict))
        return refusals::address_of_somebody_else();
    return refusal_of(verdict);
}

to_be_asked identification::ask(admitted_request& request, const question_digests& digests,
                                const std::string& address) {
    request.question.emplace(carrier_, request.asker, digests, reader_.snapshot());
    request.question->address = address;
    return {};
}

}  // namespace pusherd::net
