#pragma once

#include "domain/pokes/poke_store.hpp"
#include "net/pokes/outcomes.hpp"
#include "tests/support/scratch_store.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A store with a user of pushers, a homeserver that tells of events, and short ways to say what came of pokes.
namespace pusherd::testing {

inline constexpr domain::timestamp noon = 1'764'230'400'000;
inline constexpr domain::timestamp hour = 3'600'000;

/// A request that somebody waits for, of any kind that has no command of its own.
template <class Request>
class awaited_request final : public Request {
public:
    using Request::Request;

    void on_done() noexcept override {
        const auto done = done_;  // see awaited_set
        done->set_value();
    }

    void put(domain::store& store) {
        if (!store.submit(std::ref(static_cast<Request&>(*this)))) throw std::runtime_error("the queue is full");
        done_->get_future().wait();
        if (this->failed) throw storage_failed("it was not stored");
    }

private:
    std::shared_ptr<std::promise<void>> done_ = std::make_shared<std::promise<void>>();
};

[[nodiscard]] inline domain::notification event(const std::string& id, std::string_view user = "@alice:h") {
    return {.user_id = std::string(user), .event_id = id, .source = R"({"event_id":")" + id + "\"}", .tweaks = {}};
}

[[nodiscard]] inline domain::notification counts(unsigned unread) {
    return {.user_id = "@alice:h",
            .event_id = {},
            .source = R"({"counts":{"unread":)" + std::to_string(unread) + "}}",
            .tweaks = {}};
}

[[nodiscard]] inline domain::pusher_key key_of(std::string_view pushkey) {
    return {"org.example.app", std::string(pushkey)};
}

/// What a set with other data than set_of()'s asks for.
[[nodiscard]] inline domain::set_command set_with_data(const domain::pusher_key& key, const std::string& data) {
    const domain::pusher wanted{.key = key,
                                .kind = domain::pusher_kind::http,
                                .app_display_name = "App",
                                .device_display_name = "Device",
                                .lang = "en",
                                .profile_tag = std::nullopt,
                                .data = data};
    return domain::upsert{wanted.key, wanted.kind, domain::show(wanted), false, {}};
}

class poked_store : public scratch_store {
public:
    explicit poked_store(persistence::committer::options settings = {}) : scratch_store(std::move(settings)) {}

    const session alice = log_in("@alice:h", "PHONE");
    const session homeserver = testing::log_in(db(), "@homeserver:h", "", domain::role::service);

    [[nodiscard]] domain::poke_store& pokes() { return dynamic_cast<domain::poke_store&>(store()); }

    /// @return in how many queues it is now
    std::uint64_t notify(const domain::notification& what, domain::timestamp now = noon) {
        const std::vector<domain::notification> all{what};
        awaited_request<domain::notify_request> request(homeserver.who, all, now);
        request.put(store());
        return request.answer.value();
    }

    domain::poke_result record(domain::poke_result result) {
        const domain::identity pusherd{};
        std::vector<domain::poke_result> all{std::move(result)};
        awaited_request<domain::poke_results_request>(pusherd, all, 0).put(store());
        return all.front();
    }

    /// What waits longest for a pusher of Alice's; empty: nothing.
    [[nodiscard]] std::vector<domain::waiting_poke> oldest(std::string_view pushkey = "phone") {
        const auto reader = pokes().open_poke_reader();
        const auto pusher = reader->find_pusher("@alice:h", key_of(pushkey));
        return pusher ? reader->oldest(pusher->queue) : std::vector<domain::waiting_poke>{};
    }

    [[nodiscard]] domain::users_health health(domain::timestamp now = noon) {
        return store().open_reader()->health_of("@alice:h", now);
    }

    [[nodiscard]] domain::pusher_health health_of(std::string_view pushkey = "phone") {
        for (domain::pusher_health& each : health().pushers)
            if (each.key.pushkey == pushkey) return each;
        throw std::runtime_error("there is no such pusher");
    }
};

/// What came of a poke that was read.
[[nodiscard]] inline domain::poke_result result_of(const domain::waiting_poke& poke, domain::poke_result::what came,
                                                   domain::timestamp at = noon) {
    domain::poke_result result = net::result_of(poke.to, came);
    result.number = poke.number;
    result.queued = poke.queued;
    result.at = at;
    return result;
}

}  // namespace pusherd::testing
