#include "net/api/request_handler.hpp"

#include "domain/built_in.hpp"
#include "domain/fixed_text.hpp"
#include "domain/sha256.hpp"
#include "net/api/access_token.hpp"
#include "net/api/description.hpp"
#include "net/api/list_writer.hpp"
#include "net/api/percent_encoding.hpp"
#include "net/api/request_line.hpp"
#include "net/bounds.hpp"
#include "net/wall_clock.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>
#include <variant>

namespace pusherd::net {
namespace {

constexpr std::string_view versions_body =
    R"({"versions":["r0.0.1","r0.1.0","r0.2.0","r0.3.0","r0.4.0","r0.5.0","r0.6.0","r0.6.1",)"
    R"("v1.1","v1.2","v1.3","v1.4","v1.5","v1.6","v1.7","v1.8","v1.9","v1.10","v1.11","v1.12"],)"
    R"("unstable_features":{"org.matrix.msc3881":true,"org.matrix.msc3881.stable":true}})";

constexpr std::string_view empty_object = "{}";

bool is_of_mas(endpoint target) noexcept { return domain::auth_is_built_in && access_to(target) == access::mas; }

// What changes the requester's own pushers, by the rules of a set.
bool is_set(endpoint target) noexcept { return target == endpoint::set_pusher || target == endpoint::delete_pusher; }

bool is_about_pokes(endpoint target) noexcept {
    return target == endpoint::show_health || target == endpoint::test_pusher;
}

}  // namespace

request_handler::request_handler(const api_settings& settings, const parts& with)
    : settings_(settings),
      with_(with),
      reader_(with.store.open_reader()),
      identification_(*reader_, with.validators, with.carrier),
      administration_(*reader_, with.carrier),
      poke_requests_(*reader_, with.pokes, with.carrier),
      answerer_(settings, with.counters, with.log) {}

std::optional<refusal> request_handler::admit(const request_head& head, surface of,
                                              admitted_request& request) noexcept {
    return guarded([&] {
        request.forget();
        if (settings_.log_requests) request.line = line_of(head);
        return check_head(head, of, request);
    });
}

void request_handler::ask(admitted_request& request, answer_waiter& waiter) noexcept {
    if (domain::auth_is_built_in && request.relay) {
        request.relay->waiter = &waiter;
        with_.mas->relay(*request.relay);
    } else if (request.test) {
        poke_requests_.put(request, waiter);
    } else {
        request.question->waiter = &waiter;
        with_.validators->ask(*request.question);
    }
}

std::optional<refusal> request_handler::go_on_admitting(admitted_request& request) noexcept {
    return guarded([&] { return check_requester(request); });
}

template <class Check>
std::optional<refusal> request_handler::guarded(Check&& check) noexcept {
    try {
        return check();
    } catch (const std::exception& error) {
        with_.log.write(domain::severity::error,
                        domain::short_line{"the head of a request could not be checked: ", error.what()});
        return refusals::internal();
    }
}

std::optional<refusal> request_handler::check_head(const request_head& head, surface of, admitted_request& request) {
    const auto matched = match(head.method, head.path, of, domain::auth_is_built_in && with_.mas != nullptr);
    if (std::holds_alternative<no_such_path>(matched)) return refusals::not_found();
    if (const auto* other = std::get_if<no_such_method>(&matched)) return refusals::method_not_allowed(other->allow);

    const auto& route = std::get<matched_route>(matched);
    request.target = route.target;
    request.is_head = head.method == boost::beast::http::verb::head;
    if (head.content_length.value_or(0) > max_body(request)) return refusals::body_too_large(max_body(request));
    if (access_to(request.target) == access::anybody) return std::nullopt;
    if (is_of_mas(request.target)) return check_mas(head, request);

    if (auto none = find_access_token(head, settings_.query_token, request.asker.token)) return none;
    identification_.note_client(head, request.asker);
    // A list without a body is not checked here: it looks its token up in the snapshot that it is read from.
    if (request.target == endpoint::list_pushers) return head.has_body() ? check_requester(request) : std::nullopt;
    if (request.target != endpoint::set_pusher) {
        request.details = {.target = request.target, .query = without_access_token(head.query)};
        std::transform(route.parameters.begin(), route.parameters.end(), request.details.parameters.begin(),
                       percent_decoded);
    }
    return check_requester(request);
}

std::optional<refusal> request_handler::check_requester(admitted_request& request) {
    auto found = identification_.find(request);
    if (std::holds_alternative<to_be_asked>(found)) return std::nullopt;
    if (auto* no = std::get_if<refusal>(&found)) return std::move(*no);
    auto& who = std::get<domain::identity>(found);
    if (auto no = check_role(access_to(request.target), who.who)) return no;
    if (is_set(request.target))
        if (const auto wait = with_.set_rate.take(who.user_id, rate_limiter::clock::now()))
            return refusals::too_many_sets(*wait);
    if (auto no = poke_requests_.check_rate(request.target, who.user_id)) return no;
    request.who = std::move(who);
    return std::nullopt;
}

request_handler::progress request_handler::handle(admitted_request& request, std::string_view body, bool close,
                                                  change_under_way& change, std::string& out) noexcept {
    const std::size_t before = out.size();
    try {
        if (is_set(request.target)) return handle_set(request, body, close, change, out);
        if (is_of_mas(request.target)) return handle_mas_call(request, body, close, change, out);
        if (const access who = access_to(request.target); who == access::admin || who == access::service)
            return administer(request, body, close, change, out);
        if (request.target == endpoint::list_pushers) return list_pushers(request, close, out);
        if (is_about_pokes(request.target)) return handle_pokes(request, body, close, out);
        if (request.target == endpoint::metrics)
            answer_metrics(request, close, out);
        else
            answer_constant(request, close, out);
    } catch (const std::exception& error) {
        with_.log.write(domain::severity::error, domain::short_line{"a request failed: ", error.what()});
        out.resize(before);
        answerer_.refuse(request, refusals::internal(), request.is_head, close, out);
    }
    return progress::answered;
}

domain::result<domain::set_command> request_handler::command_of(const admitted_request& request,
                                                                std::string_view body) const {
    if (request.target == endpoint::set_pusher) return domain::parse_set_command(body, settings_.set_policy);
    domain::removal mine{{request.details.parameters[0], request.details.parameters[1]}};
    if (auto bad = domain::check_pusher_key(mine.key); !bad) return bad.error();
    return domain::set_command{std::move(mine)};
}

request_handler::progress request_handler::handle_set(admitted_request& request, std::string_view body, bool close,
                                                      change_under_way& change, std::string& out) {
    // At once: while too many come, what is done for one that is refused is lacking for those that are not.
    if (!with_.store.has_room()) return refuse_for_want_of_room(request, close, out);
    auto command = command_of(request, body);
    if (!command) {
        answerer_.refuse(request, to_refusal(command.error(), {}), false, close, out);
        return progress::answered;
    }
    if (const auto checked = check_owner(request, *command, close, out); checked != progress::going_on) return checked;
    auto& set = change.emplace<pending_set>(with_.carrier, std::move(request.who), std::move(*command),
                                            settings_.user_limits, now_in_milliseconds());
    if (reader_->answer_without_writing(set)) {
        answer_set(request, set, close, out);
        return progress::answered;
    }
    return with_.store.submit(set) ? progress::committing : refuse_for_want_of_room(request, close, out);
}

// Going on: the set may be carried out.
request_handler::progress request_handler::check_owner(admitted_request& request, const domain::set_command& command,
                                                       bool close, std::string& out) {
    const auto* wanted = std::get_if<domain::upsert>(&command);
    const bool is_of_concern = settings_.set_policy.email_pushers == domain::email_policy::owned && wanted != nullptr &&
                               wanted->kind == domain::pusher_kind::email;
    if (!is_of_concern) return progress::going_on;
    const auto checked = identification_.check_address(request, wanted->key.pushkey);
    if (std::holds_alternative<to_be_asked>(checked)) return progress::asking;
    if (std::holds_alternative<std::monostate>(checked)) return progress::going_on;
    answerer_.refuse(request, std::get<refusal>(checked), false, close, out);
    return progress::answered;
}

request_handler::progress request_handler::administer(admitted_request& request, std::string_view body, bool close,
                                                      change_under_way& change, std::string& out) {
    // At once: to read what is refused anyway would take long.
    if (request.target == endpoint::notify && !with_.store.has_room())
        return refuse_for_want_of_room(request, close, out);
    const auto came = request.count ? administration_.go_on(*request.count)
                                    : administration_.begin(request.details, request.who, body, now_in_milliseconds(),
                                                            change, request.count);
    if (std::holds_alternative<administration::to_be_continued>(came)) return progress::going_on;
    if (std::holds_alternative<administration::to_be_submitted>(came))
        return submit(change) ? progress::committing : refuse_for_want_of_room(request, close, out);
    if (const auto* no = std::get_if<refusal>(&came))
        answerer_.refuse(request, *no, request.is_head, close, out);
    else
        answerer_.json(request, std::get<std::string>(came), close, out);
    return progress::answered;
}

request_handler::progress request_handler::handle_pokes(admitted_request& request, std::string_view body, bool close,
                                                        std::string& out) {
    const auto came = poke_requests_.handle(request, body, now_in_milliseconds());
    if (std::holds_alternative<poke_requests::to_be_tested>(came)) return progress::asking;
    if (const auto* no = std::get_if<refusal>(&came))
        answerer_.refuse(request, *no, request.is_head, close, out);
    else
        answerer_.json(request, std::get<std::string>(came), close, out);
    return progress::answered;
}

// What an administrator or a service has begun.
bool request_handler::submit(change_under_way& change) {
    if (auto* end = std::get_if<pending_session_end>(&change)) return with_.store.submit(*end);
    if (auto* notify = std::get_if<pending_notify>(&change)) return with_.store.submit(*notify);
    return with_.store.submit(std::get<pending_removal>(change));
}

// Who calls shows the secret of both, in no other way than by the header.
std::optional<refusal> request_handler::check_mas(const request_head& head, admitted_request& request) {
    if (auto none = find_access_token(head, false, request.asker.token)) return none;
    if (!with_.mas->is_secret(request.asker.token)) return refusals::not_called_by_mas();
    request.who = {.user_id = "MAS", .device_id = {}, .who = domain::role::service, .by = domain::voucher::mas};
    return std::nullopt;
}

// First what is the store's, then what is the homeserver's: where that fails, MAS calls again, and finds here nothing
// more to do.
request_handler::progress request_handler::handle_mas_call(admitted_request& request, std::string_view body, bool close,
                                                           change_under_way& change, std::string& out) {
    if (request.relay) return request.relay->is_answered ? answer_as_relayed(request, close, out) : progress::asking;
    auto ended = with_.mas->read(request.target, body);
    if (!ended) {
        answerer_.refuse(request, to_refusal(ended.error(), {}), false, close, out);
        return progress::answered;
    }
    if (with_.mas->are_relayed()) request.relay.emplace(with_.carrier, request.target, body);
    auto& end = change.emplace<pending_session_end>(with_.carrier, std::move(request.who), std::move(*ended),
                                                    now_in_milliseconds());
    return with_.store.submit(end) ? progress::committing : refuse_for_want_of_room(request, close, out);
}

request_handler::progress request_handler::answer_mas_call(const admitted_request& request,
                                                           const pending_session_end& change, bool close,
                                                           std::string& out) noexcept {
    if (change.failed) {
        answerer_.refuse(request, refusals::internal(), false, close, out);
        return progress::answered;
    }
    if (request.relay) return progress::going_on;
    if (request.target == endpoint::delete_device)
        answerer_.no_content(request, close, out);
    else
        answerer_.json(request, empty_object, close, out);
    return progress::answered;
}

request_handler::progress request_handler::answer_as_relayed(const admitted_request& request, bool close,
                                                             std::string& out) {
    const auto& came = request.relay->answer;
    if (!came)
        answerer_.refuse(request, refusals::not_relayed(bounds::upstream_pause), false, close, out);
    else if (came->status == 204)
        answerer_.no_content(request, close, out);
    else
        answerer_.json(request, came->body, close, out, came->status);
    return progress::answered;
}

request_handler::progress request_handler::refuse_for_want_of_room(const admitted_request& request, bool close,
                                                                   std::string& out) noexcept {
    answerer_.refuse(request, to_refusal({domain::errc::queue_full, ""}, {}), false, close, out);
    return progress::answered;
}

request_handler::progress request_handler::answer_change(const admitted_request& request,
                                                         const change_under_way& change, bool close,
                                                         std::string& out) noexcept {
    const auto* const end = std::get_if<pending_session_end>(&change);
    if (end != nullptr && is_of_mas(request.target)) return answer_mas_call(request, *end, close, out);
    if (end != nullptr) answer_admin_change(request, *end, close, out);
    if (const auto* notify = std::get_if<pending_notify>(&change)) answer_admin_change(request, *notify, close, out);
    if (const auto* set = std::get_if<pending_set>(&change)) answer_set(request, *set, close, out);
    if (const auto* removal = std::get_if<pending_removal>(&change)) answer_admin_change(request, *removal, close, out);
    return progress::answered;
}

// It is on disk: who is told otherwise for want of memory may do it again.
template <class Change>
void request_handler::answer_admin_change(const admitted_request& request, const Change& change, bool close,
                                          std::string& out) noexcept {
    const std::size_t before = out.size();
    try {
        if (change.failed) return answerer_.refuse(request, refusals::internal(), false, close, out);
        const auto body = body_of(change);
        if (const auto* problem = std::get_if<domain::error>(&body))
            return answerer_.refuse(request, to_refusal(*problem, {}), false, close, out);
        answerer_.json(request, std::get<std::string>(body), close, out);
    } catch (const std::bad_alloc&) {
        out.resize(before);
        answerer_.refuse(request, refusals::internal(), false, close, out);
    }
}

void request_handler::answer_set(const admitted_request& request, const pending_set& set, bool close,
                                 std::string& out) noexcept {
    if (set.failed) return answerer_.refuse(request, refusals::internal(), false, close, out);
    if (!set.answer) return refuse_set(request, set.answer.error(), close, out);
    answerer_.writer().append_head(out, {.content_length = empty_object.size(),
                                         .outcome = domain::to_string(*set.answer),
                                         .extra_fields = {},
                                         .close = close});
    out += empty_object;
    with_.counters.count_outcome(*set.answer);
    answerer_.note(request, 200);
}

// Nothing was written: without memory for the reason, a 500 is true as well.
void request_handler::refuse_set(const admitted_request& request, const domain::error& why, bool close,
                                 std::string& out) noexcept {
    try {
        answerer_.refuse(request, to_refusal(why, settings_.info_uri), false, close, out);
    } catch (const std::bad_alloc&) {
        answerer_.refuse(request, refusals::internal(), false, close, out);
    }
}

request_handler::progress request_handler::list_pushers(admitted_request& request, bool close, std::string& out) {
    list_writer writer(answerer_.writer(), out, request.is_head, close);
    const domain::token_digest token = domain::sha256(request.asker.token);
    auto listed = reader_->list(token, writer);
    if (!listed && listed.error().code == domain::errc::unknown_token) {
        auto found = identification_.find_vouched_for(request, token);
        if (std::holds_alternative<to_be_asked>(found)) return progress::asking;
        if (const auto* no = std::get_if<refusal>(&found)) {
            answerer_.refuse(request, *no, request.is_head, close, out);
            return progress::answered;
        }
        const auto& session = *std::get<identification::session_ptr>(found);
        std::uint64_t known_in = session.known_in.load(std::memory_order_relaxed);
        listed = reader_->list_vouched_for(session.who, known_in, writer);
        session.known_in.store(known_in, std::memory_order_relaxed);
    }
    if (listed)
        answerer_.note(request, 200);
    else
        answerer_.refuse(request, to_refusal(listed.error(), {}), request.is_head, close, out);
    return progress::answered;
}

void request_handler::answer_constant(const admitted_request& request, bool close, std::string& out) {
    if (request.target == endpoint::preflight) return answerer_.no_content(request, close, out);
    response_head head{.close = close};
    if (request.target == endpoint::versions) {
        answerer_.writer().append(out, head, versions_body, request.is_head);
    } else if (request.target == endpoint::description) {
        answerer_.writer().append(out, head, description(), request.is_head);
    } else {
        head.content_type = "text/plain";
        answerer_.writer().append(out, head, "OK", request.is_head);
    }
    answerer_.note(request, head.status);
}

void request_handler::answer_metrics(const admitted_request& request, bool close, std::string& out) {
    std::string page;
    // The page is read from a snapshot of its own: a thread with two waits for itself when the map grows.
    reader_->rest();
    if (with_.metrics != nullptr) with_.metrics->write(page);
    answerer_.writer().append(out, {.content_type = metrics_content_type, .is_for_scripts = false, .close = close},
                              page, request.is_head);
    answerer_.note(request, 200);
}

}  // namespace pusherd::net
