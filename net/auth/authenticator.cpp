#include "net/auth/authenticator.hpp"

#include "domain/fixed_text.hpp"
#include "domain/sha256.hpp"
#include "domain/validators/address_ownership.hpp"
#include "net/bounds.hpp"

#include <boost/asio/co_spawn.hpp>
#include <pthread.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::chrono::seconds report_interval{1};

// A moment by the clock of people, by the one that never jumps; none that is further away than anything is remembered,
// for nanoseconds end before some moments do.
clock::time_point to_steady(std::chrono::sys_seconds moment) {
    constexpr std::chrono::hours far{48};
    const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (moment >= second + far) return clock::now() + far;
    if (moment <= second) return clock::time_point::min();
    return clock::now() + std::chrono::duration_cast<clock::duration>(moment - std::chrono::system_clock::now());
}

// What was asserted, if anything, is who the validator says it is.
bool is_as_asserted(const domain::valid_token& said, const domain::token_question& question) {
    return question.asserted_user.value_or(said.user_id) == said.user_id &&
           question.asserted_device.value_or(said.device_id) == said.device_id;
}

}  // namespace

question_digests digests_of(const domain::token_question& question, const domain::token_digest& token) {
    if (!question.asserts_identity()) return {token, token};
    // The sizes keep the parts apart, and what is empty from what was not said.
    const auto size_of = [](const std::optional<std::string>& said) {
        return said ? std::to_string(said->size()) : std::string("-");
    };
    const std::string sizes = std::to_string(question.token.size()) + ' ' + size_of(question.asserted_user) + ' ' +
                              size_of(question.asserted_device) + '\n';
    return {token, domain::sha256({sizes, question.token, question.asserted_user.value_or(""),
                                   question.asserted_device.value_or("")})};
}

authenticator::authenticator(std::vector<validator_options> validators, const verdict_lifetimes& lifetimes,
                             domain::logger& log)
    : log_(log), lifetimes_(lifetimes), loop_([this](const std::exception_ptr&) {
          log_.write(domain::severity::error, "a question to a validator failed: out of memory");
      }) {
    for (validator_options& each : validators) {
        validators_.push_back(
            std::unique_ptr<validator>(new validator{std::move(each.how), each.name, each.knows_addresses}));
        if (each.where) validators_.back()->server.emplace(loop_, std::move(*each.where), each.name, log);
    }
    loop_.set_tick(bounds::upstream_tick, [this] { tick(); });
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "pusherd-auth");  // as top -H shows it
        loop_.run();
    });
}

authenticator::~authenticator() {
    loop_.post(end_call_);
    thread_.join();
}

std::chrono::milliseconds authenticator::longest_use(const verdict_lifetimes& lifetimes, std::chrono::seconds timeout,
                                                     std::size_t validators) noexcept {
    constexpr std::chrono::seconds margin{10};
    const auto questions = timeout * static_cast<int>(validators + 1);
    return std::max(lifetimes.cache, lifetimes.stale) + questions + bounds::body_timeout + margin;
}

auth_verdict authenticator::remembered(const question_digests& question) const {
    bool soft_logout = false;
    bool is_known_to_none = true;
    const auto now = clock::now();
    for (std::size_t i = 0; i < validators_.size(); ++i) {
        auto found = cache_.find_fresh(key_of(i, question, now), now);
        if (auto* session = std::get_if<verdict_cache::session_ptr>(&found)) return std::move(*session);
        if (const auto* no = std::get_if<remembered_unknown>(&found)) {
            soft_logout = soft_logout || no->soft_logout;
            continue;
        }
        // Who puts no question always says the same: what another has said behind it, it does not know.
        if (validators_[i]->server) return {};
        is_known_to_none = false;
    }
    if (!is_known_to_none) return {};
    return domain::unknown_token{soft_logout};
}

// An assertion makes a question of its own only where it is known to count, or may.
verdict_key authenticator::key_of(std::size_t number, const question_digests& question, clock::time_point now) const {
    const verdict_key plain{question.token, static_cast<std::uint8_t>(number)};
    if (question.whole == question.token || !validators_[number]->how->heeds_assertions()) return plain;
    const auto known = cache_.find_stale(plain, now);
    return known && known->ignores_assertions ? plain : verdict_key{question.whole, plain.validator};
}

void authenticator::ask(pending_question& question) noexcept {
    questions_.put(question);
    loop_.post(questions_call_);
}

void authenticator::ask_whether_alive() noexcept {
    is_alive_ = false;
    loop_.post(alive_call_);
}

std::vector<upstream_statistics> authenticator::statistics() const {
    std::vector<upstream_statistics> seen;
    for (const auto& each : validators_)
        if (const auto& server = each->server)
            seen.push_back({each->name, server->requests(), server->failures(), server->is_failing()});
    return seen;
}

void authenticator::tick() {
    const auto now = clock::now();
    for (const auto& each : validators_)
        if (each->server) each->server->check_deadlines(now);
    cache_.trim(now);
}

// --- questions -------------------------------------------------------------------------------------------------------

void authenticator::take_questions() noexcept {
    for (awaited* first = questions_.take_all(); first != nullptr;) {
        auto& asked = static_cast<pending_question&>(*std::exchange(first, first->next));
        try {
            take(asked);
        } catch (const std::exception&) {  // no memory
            asked.answer(nobody_to_ask{bounds::upstream_pause});
        }
    }
}

// Who asks about a token that is being asked about waits for the same answer.
void authenticator::take(pending_question& asked) {
    if (!asked.address.empty()) return spawn(check_address(asked));
    const verdict_key key{asked.digests.whole};
    const auto [theirs, is_first] = flights_.try_emplace(key);
    try {
        theirs->second.push_back(&asked);
        if (is_first) spawn(fly(asked));
    } catch (const std::exception&) {
        if (is_first) flights_.erase(key);
        throw;
    }
}

void authenticator::spawn(task<> work) {
    asio::co_spawn(loop_.get_executor(), std::move(work), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);  // to the loop, which logs it
    });
}

task<> authenticator::fly(pending_question& first) {
    const domain::token_digest question = first.digests.whole;
    auth_verdict verdict = nobody_to_ask{bounds::upstream_pause};
    try {
        verdict = co_await decide(first);
    } catch (const std::exception& failure) {
        log_.write(domain::severity::error, domain::short_line{"a token could not be validated: ", failure.what()});
    }
    land(question, verdict);
}

void authenticator::land(const domain::token_digest& question, const auth_verdict& verdict) noexcept {
    const auto found = flights_.find(verdict_key{question});
    const passengers landed = std::move(found->second);
    flights_.erase(found);
    for (pending_question* const each : landed) {
        auth_verdict copy = nobody_to_ask{bounds::upstream_pause};
        try {
            copy = verdict;
        } catch (const std::exception&) {  // no memory for a text
        }
        each->answer(std::move(copy));
    }
}

task<> authenticator::check_address(pending_question& asked) {
    auth_verdict verdict = nobody_to_ask{bounds::upstream_pause};
    try {
        verdict = co_await find_owner(asked);
    } catch (const std::exception& failure) {
        log_.write(domain::severity::error, domain::short_line{"an address could not be checked: ", failure.what()});
    }
    asked.answer(std::move(verdict));
}

task<auth_verdict> authenticator::decide(const pending_question& asked) {
    bool soft_logout = false;
    bool has_failed = false;
    for (std::size_t i = 0; i < validators_.size(); ++i) {
        auth_verdict verdict = co_await decide_by(*validators_[i], static_cast<std::uint8_t>(i), asked);
        if (const auto* no = std::get_if<domain::unknown_token>(&verdict))
            soft_logout = soft_logout || no->soft_logout;
        else if (std::holds_alternative<nobody_to_ask>(verdict))
            has_failed = true;
        else
            co_return verdict;
    }
    if (has_failed) co_return nobody_to_ask{bounds::upstream_pause};
    co_return domain::unknown_token{soft_logout};
}

task<auth_verdict> authenticator::decide_by(validator& by, std::uint8_t number, const pending_question& asked) {
    const verdict_key key = key_of(number, asked.digests, clock::now());
    auto found = cache_.find_fresh(key, clock::now());
    if (auto* session = std::get_if<verdict_cache::session_ptr>(&found)) co_return std::move(*session);
    if (const auto* no = std::get_if<remembered_unknown>(&found)) co_return domain::unknown_token{no->soft_logout};
    const domain::token_verdict said = co_await put(by, asked);
    if (const auto* failed = std::get_if<domain::no_verdict>(&said)) tell(by, failed->why);
    co_return adopt(said, key, asked);
}

task<domain::token_verdict> authenticator::put(validator& to, const pending_question& asked) {
    auto question = to.how->ask(asked.question);
    if (auto* known = std::get_if<domain::token_verdict>(&question)) co_return std::move(*known);
    upstream_result came = co_await to.server->put(std::move(std::get<domain::validator_request>(question)));
    if (const auto* none = std::get_if<no_answer>(&came)) co_return domain::no_verdict{none->why};
    co_return to.how->understand(std::get<domain::validator_answer>(came));
}

// By the first homeserver.
task<auth_verdict> authenticator::find_owner(const pending_question& asked) {
    const auto by =
        std::find_if(validators_.begin(), validators_.end(), [](const auto& each) { return each->knows_addresses; });
    if (by == validators_.end()) co_return nobody_to_ask{bounds::upstream_pause};
    auto question = domain::ask_for_addresses(asked.question);
    if (!std::holds_alternative<domain::validator_request>(question)) co_return domain::unknown_token{};
    upstream_result came = co_await (*by)->server->put(std::move(std::get<domain::validator_request>(question)));
    const auto* answer = std::get_if<domain::validator_answer>(&came);
    if (answer == nullptr) co_return nobody_to_ask{bounds::upstream_pause};
    const auto found = domain::understand_addresses(*answer, asked.address);
    if (const auto* finding = std::get_if<domain::address_finding>(&found)) {
        if (finding->is_owned) co_return address_is_owned{};
        co_return address_is_not_owned{};
    }
    const auto& verdict = std::get<domain::token_verdict>(found);
    if (const auto* no = std::get_if<domain::unknown_token>(&verdict)) co_return *no;
    if (const auto* no = std::get_if<domain::refused_token>(&verdict)) co_return *no;
    if (const auto* none = std::get_if<domain::no_verdict>(&verdict)) tell(**by, none->why);
    co_return nobody_to_ask{bounds::upstream_pause};
}

// --- answers ---------------------------------------------------------------------------------------------------------

auth_verdict authenticator::adopt(const domain::token_verdict& said, const verdict_key& key,
                                  const pending_question& asked) {
    if (const auto* valid = std::get_if<domain::valid_token>(&said)) return remember(*valid, key, asked);
    if (const auto* no = std::get_if<domain::unknown_token>(&said)) {
        cache_.put_unknown(key, no->soft_logout, clock::now());
        return *no;
    }
    if (const auto* refused = std::get_if<domain::refused_token>(&said)) {
        cache_.forget(key);
        return *refused;
    }
    return fall_back(key);
}

auth_verdict authenticator::remember(const domain::valid_token& said, const verdict_key& key,
                                     const pending_question& asked) {
    const auto now = clock::now();
    const auto end = said.until ? to_steady(*said.until) : clock::time_point::max();
    if (end <= now) {
        cache_.put_unknown(key, false, now);
        return domain::unknown_token{};
    }
    // Under the token alone where its assertion was not heeded.
    const bool was_heeded = is_as_asserted(said, asked.question);
    const verdict_key under{was_heeded ? key.question : asked.digests.token, key.validator};
    // A session that was known before its end was told stays ended, whatever is said of it now.
    const auto old = cache_.find_stale(under, now);
    domain::identity who{.user_id = said.user_id,
                         .device_id = said.device_id,
                         .who = domain::role::user,
                         .token = domain::sha256(asked.question.token),
                         .snapshot = old ? old->who.snapshot : asked.asked_in,
                         .by = said.by};
    const std::uint64_t known_in = old ? old->known_in.load(std::memory_order_relaxed) : 0;
    auto session =
        std::make_shared<remembered_session>(std::move(who), known_in, std::min(now + lifetimes_.cache, end),
                                             std::min(now + std::max(lifetimes_.stale, lifetimes_.cache), end));
    session->ignores_assertions = !was_heeded || (old && old->ignores_assertions);
    cache_.put(under, session);
    return verdict_cache::session_ptr(std::move(session));
}

// What was valid stays so for a while, and is not asked about at every request meanwhile.
auth_verdict authenticator::fall_back(const verdict_key& key) {
    const auto now = clock::now();
    const auto old = cache_.find_stale(key, now);
    if (!old) return nobody_to_ask{bounds::upstream_pause};
    auto kept = std::make_shared<remembered_session>(old->who, old->known_in.load(std::memory_order_relaxed),
                                                     std::min(now + bounds::upstream_pause, old->stale_until),
                                                     old->stale_until);
    kept->ignores_assertions = old->ignores_assertions;
    cache_.put(key, kept);
    return verdict_cache::session_ptr(std::move(kept));
}

// A server that is down is told of once, by upstream; what is wrong with single answers, once in a while.
void authenticator::tell(const validator& of, const std::string& why) noexcept {
    const auto now = clock::now();
    const bool is_told_of = of.server && of.server->is_failing();
    if (is_told_of || now - last_told_ < report_interval) return;
    last_told_ = now;
    log_.write(domain::severity::warning, domain::short_line{of.name, ": a token could not be validated: ", why});
}

}  // namespace pusherd::net
