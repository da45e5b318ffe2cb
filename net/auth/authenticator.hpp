#pragma once

#include "domain/logger.hpp"
#include "domain/validators/token_validator.hpp"
#include "net/auth/pending_question.hpp"
#include "net/auth/verdict_cache.hpp"
#include "net/server/event_loop.hpp"
#include "net/server/mailbox.hpp"
#include "net/server/task.hpp"
#include "net/upstream/upstream.hpp"
#include "net/upstream/upstream_statistics.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace pusherd::net {

/// A validator, and where it is.
struct validator_options {
    std::string name;  ///< as --auth has it; for the log
    std::unique_ptr<domain::token_validator> how;
    std::optional<upstream::options> where;  ///< nothing: it has a verdict on every token, and puts no question
    bool knows_addresses = false;            ///< it is a homeserver, which knows its users' e-mail addresses
};

/// How long what validators have said is good.
struct verdict_lifetimes {
    std::chrono::seconds cache{60};   ///< without asking again
    std::chrono::seconds stale{300};  ///< where the validator cannot be asked, from its answer on
};

/// Whose an access token is that is in no table here: asks the validators, in their order, and remembers what they have
/// said. The first that knows the token decides. Only if all of them say so is it unknown; where one cannot be asked,
/// what it has said before holds for a while, and nobody is logged out.
///
/// One thread puts all questions; those of several clients about one token are one. Every question is answered, within
/// the time that each validator has.
class authenticator {
public:
    /// Throws tls::unusable.
    authenticator(std::vector<validator_options> validators, const verdict_lifetimes& lifetimes, domain::logger& log);

    /// No question may be open.
    ~authenticator();

    authenticator(const authenticator&) = delete;
    authenticator& operator=(const authenticator&) = delete;

    // Any thread.

    /// What is known without asking; std::monostate: nothing.
    [[nodiscard]] auth_verdict remembered(const question_digests& question) const;

    /// Puts a question; pending_question::answer() will be called. It must stay until then.
    void ask(pending_question& question) noexcept;

    /// Answers all that is open, and all that comes, without asking anybody.
    void abort() noexcept { loop_.post(abort_call_); }

    /// Asks its thread to tell that it gets on, by is_alive().
    void ask_whether_alive() noexcept;
    [[nodiscard]] bool is_alive() const noexcept { return is_alive_; }

    /// Of those that put questions.
    [[nodiscard]] std::vector<upstream_statistics> statistics() const;
    [[nodiscard]] std::size_t remembered_sessions() const noexcept { return cache_.sessions(); }

    /// How long what validators have said may be of any use, from the first question on: until the last byte of a body
    /// that was invited for it has come, and its address has been asked about.
    [[nodiscard]] static std::chrono::milliseconds longest_use(const verdict_lifetimes& lifetimes,
                                                               std::chrono::seconds timeout,
                                                               std::size_t validators) noexcept;

private:
    struct validator {
        std::unique_ptr<domain::token_validator> how;
        std::string name;
        bool knows_addresses;
        std::optional<upstream> server{};  // nothing: it puts no question
    };

    /// All that wait for the verdict on one token.
    using passengers = std::vector<pending_question*>;

    void take_questions() noexcept;
    void take(pending_question& asked);
    void spawn(task<> work);
    [[nodiscard]] task<> fly(pending_question& first);
    [[nodiscard]] task<auth_verdict> decide(const pending_question& asked);
    [[nodiscard]] task<auth_verdict> decide_by(validator& by, std::uint8_t number, const pending_question& asked);
    [[nodiscard]] verdict_key key_of(std::size_t number, const question_digests& question, clock::time_point now) const;
    [[nodiscard]] task<domain::token_verdict> put(validator& to, const pending_question& asked);
    [[nodiscard]] auth_verdict adopt(const domain::token_verdict& said, const verdict_key& key,
                                     const pending_question& asked);
    [[nodiscard]] auth_verdict remember(const domain::valid_token& said, const verdict_key& key,
                                        const pending_question& asked);
    [[nodiscard]] auth_verdict fall_back(const verdict_key& key);
    void tell(const validator& of, const std::string& why) noexcept;
    [[nodiscard]] task<> check_address(pending_question& asked);
    [[nodiscard]] task<auth_verdict> find_owner(const pending_question& asked);
    void land(const domain::token_digest& question, const auth_verdict& verdict) noexcept;
    void tick();

    domain::logger& log_;
    verdict_lifetimes lifetimes_;
    verdict_cache cache_;
    event_loop loop_;
    std::vector<std::unique_ptr<validator>> validators_;
    std::unordered_map<verdict_key, passengers, verdict_key_hash> flights_;  // by the digest alone
    mailbox<awaited> questions_;
    clock::time_point last_told_{};
    standing_call questions_call_{[this] { take_questions(); }};
    standing_call abort_call_{[this] {
        for (const auto& each : validators_)
            if (each->server) each->server->abort();
    }};
    std::atomic<bool> is_alive_ = true;
    standing_call alive_call_{[this] { is_alive_ = true; }};
    standing_call end_call_{[this] { loop_.stop(); }};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace pusherd::net
