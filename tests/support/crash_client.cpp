#include "tests/support/crash_client.hpp"

#include <exception>
#include <utility>

namespace pusherd::testing {

std::string crash_user(unsigned number) { return "@user" + std::to_string(number) + ":example.org"; }

crash_client::crash_client(unsigned number, std::string token, const crash_keys& keys)
    : number_(number), user_(crash_user(number)), token_(std::move(token)), keys_(keys), random_(number + 1) {}

void crash_client::run(std::uint16_t port, crash_clock& clock, const std::function<bool()>& on_answer,
                       unsigned connections) {
    std::vector<http_client> all;
    for (unsigned i = 0; i < connections; ++i) all.emplace_back(port, token_);
    try {
        for (std::size_t i = 0;; ++i) {
            asked_set& asked = sets_.emplace_back();
            asked = next();
            asked.sent = clock.now();
            const answer got = all[i % all.size()].set(body_of(asked));
            if (got.status != 200) {
                problem_ = got.body;
                return;
            }
            asked.answered = clock.now();
            if (!on_answer()) return;
        }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the server is gone
    }
}

std::vector<asked_set> crash_client::take_sets() { return std::exchange(sets_, {}); }

// A quarter deletes; an eighth repeats the set before: unless another user came in between, nothing is to be written.
asked_set crash_client::next() {
    const auto kind = random_() % 8;
    if (kind == 0 && sets_.size() > 1) {
        const asked_set& before = sets_[sets_.size() - 2];
        return {before.user, before.key, before.version, {}};
    }
    asked_set next{user_, next_key(), std::nullopt, {}};
    if (kind > 2) next.version = std::to_string(number_) + '-' + std::to_string(++versions_);
    return next;
}

std::string crash_client::next_key() {
    const auto number = static_cast<unsigned>(random_() % (keys_.own + keys_.fought_for + keys_.appended));
    if (number < keys_.own) return "own-" + std::to_string(number_) + '-' + std::to_string(number);
    if (number < keys_.own + keys_.fought_for) return "fought-for-" + std::to_string(number - keys_.own);
    return std::string(appended_prefix) + '-' + std::to_string(number - keys_.own - keys_.fought_for);
}

}  // namespace pusherd::testing
