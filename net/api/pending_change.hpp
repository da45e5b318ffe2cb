#pragma once

#include "domain/change.hpp"
#include "domain/pusher_search.hpp"
#include "domain/wipe.hpp"
#include "net/api/awaited.hpp"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace pusherd::net {

/// A change between its request and its answer: owns what the store works with. Stays where it is until it is answered.
class pending_change : public awaited {
protected:
    pending_change(answer_carrier& carrier, domain::identity who) : awaited(carrier), requester_(std::move(who)) {}
    ~pending_change() = default;

    domain::identity requester_;
};

/// A set of a user's own pusher.
class pending_set final : public pending_change, public domain::set_request {
public:
    pending_set(answer_carrier& carrier, domain::identity requester, domain::set_command wanted,
                const domain::user_limits& limits, domain::timestamp received)
        : pending_change(carrier, std::move(requester)),
          set_request(requester_, wanted_, limits, received),
          wanted_(std::move(wanted)) {}

    void on_done() noexcept override { tell_that_it_is_answered(); }

private:
    domain::set_command wanted_;
};

/// Sessions that have ended elsewhere.
class pending_session_end final : public pending_change, public domain::session_end_request {
public:
    pending_session_end(answer_carrier& carrier, domain::identity requester, domain::session_end ended,
                        domain::timestamp received)
        : pending_change(carrier, std::move(requester)),
          session_end_request(requester_, ended_, received),
          ended_(std::move(ended)) {}
    ~pending_session_end() { domain::wipe(ended_.access_token); }

    pending_session_end(const pending_session_end&) = delete;
    pending_session_end& operator=(const pending_session_end&) = delete;

    void on_done() noexcept override { tell_that_it_is_answered(); }

private:
    domain::session_end ended_;
};

/// Pushers that an administrator removes.
class pending_removal final : public pending_change, public domain::removal_request {
public:
    /// @param next_page where the selection goes on, if it does
    pending_removal(answer_carrier& carrier, domain::identity requester, std::vector<domain::chosen_pushers> chosen,
                    std::optional<domain::search_position> next_page, domain::timestamp received)
        : pending_change(carrier, std::move(requester)),
          removal_request(requester_, chosen_, received),
          chosen_(std::move(chosen)),
          next_page_(std::move(next_page)) {}

    [[nodiscard]] const std::optional<domain::search_position>& next_page() const noexcept { return next_page_; }

    void on_done() noexcept override { tell_that_it_is_answered(); }

private:
    std::vector<domain::chosen_pushers> chosen_;
    std::optional<domain::search_position> next_page_;
};

/// Notifications that a homeserver hands over.
class pending_notify final : public pending_change, public domain::notify_request {
public:
    pending_notify(answer_carrier& carrier, domain::identity requester, std::vector<domain::notification> told,
                   domain::timestamp received)
        : pending_change(carrier, std::move(requester)),
          notify_request(requester_, told_, received),
          told_(std::move(told)) {}

    void on_done() noexcept override { tell_that_it_is_answered(); }

private:
    std::vector<domain::notification> told_;
};

/// What a connection waits for, if it does.
using change_under_way =
    std::variant<std::monostate, pending_set, pending_session_end, pending_removal, pending_notify>;

/// That one, or nullptr.
[[nodiscard]] inline pending_change* pending_of(change_under_way& change) noexcept {
    if (auto* set = std::get_if<pending_set>(&change)) return set;
    if (auto* end = std::get_if<pending_session_end>(&change)) return end;
    if (auto* notify = std::get_if<pending_notify>(&change)) return notify;
    return std::get_if<pending_removal>(&change);
}

}  // namespace pusherd::net
