#include "net/api/administration.hpp"

#include "domain/json_text.hpp"
#include "domain/set_command.hpp"
#include "domain/shown_pusher.hpp"
#include "domain/user_id.hpp"
#include "net/api/pusher_count.hpp"
#include "net/api/pusher_query.hpp"

#include <limits>
#include <utility>
#include <vector>

namespace pusherd::net {
namespace {

constexpr std::size_t users_a_page = 1000;
constexpr std::size_t bytes_a_page = std::size_t{1} << 20;
constexpr std::size_t no_bound = std::numeric_limits<std::size_t>::max();

void append_state(std::string& out, const domain::pusher_state& state) {
    out.append(state.enabled ? "true" : "false").append(",\"device_id\":");
    if (state.device_id.empty())
        out += "null";
    else
        domain::append_json(out, state.device_id);
}

/// Puts what is found into a page, one after another, until it is full.
class page_writer : public domain::search_visitor {
public:
    page_writer(std::size_t most, std::size_t most_bytes) : most_(most), most_bytes_(most_bytes) {}

    bool visit(const domain::found_pusher& pusher) final {
        if (count_ == most_ || items_.size() >= most_bytes_) return false;
        if (count_++ != 0) items_ += ',';
        write(pusher, items_);
        return true;
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] const std::string& items() const noexcept { return items_; }

protected:
    ~page_writer() = default;

private:
    virtual void write(const domain::found_pusher& pusher, std::string& out) = 0;

    std::size_t most_;
    std::size_t most_bytes_;
    std::size_t count_ = 0;
    std::string items_;
};

/// As administrators see them: whose it is and what a list does not show, and then what its owner has said.
class found_writer final : public page_writer {
public:
    explicit found_writer(std::size_t most) : page_writer(most, bytes_a_page) {}

private:
    void write(const domain::found_pusher& pusher, std::string& out) override {
        out += "{\"user_id\":";
        domain::append_json(out, pusher.user_id);
        out.append(",\"created_ts\":").append(std::to_string(pusher.created));
        out.append(",\"updated_ts\":").append(std::to_string(pusher.updated)).append(",\"enabled\":");
        append_state(out, pusher.state);
        out.append(",").append(pusher.shown.substr(1)).append("}");
    }
};

/// As Synapse shows them to administrators: all of a user's, each with ten keys, profile_tag "" where there is none.
class synapse_writer final : public page_writer {
public:
    synapse_writer() : page_writer(no_bound, no_bound) {}

private:
    void write(const domain::found_pusher& pusher, std::string& out) override {
        out += pusher.shown;
        if (!domain::has_profile_tag(pusher.shown)) out += ",\"profile_tag\":\"\"";
        out += ",\"enabled\":";
        domain::pusher_state state = pusher.state;
        if (state.kind != domain::pusher_kind::http) state.device_id = {};
        append_state(out, state);
        out += '}';
    }
};

/// Keeps the names of what is found, by user.
class name_collector final : public domain::search_visitor {
public:
    explicit name_collector(std::size_t most) : most_(most) {}

    bool visit(const domain::found_pusher& pusher) override {
        if (count == most_) return false;
        ++count;
        if (names.empty() || names.back().user_id != pusher.user_id) names.push_back({std::string(pusher.user_id), {}});
        names.back().keys.push_back(domain::key_of_shown(pusher.shown));
        return true;
    }

    std::vector<domain::chosen_pushers> names;
    std::size_t count = 0;

private:
    std::size_t most_;
};

void append_next(std::string& out, const std::optional<domain::search_position>& next) {
    if (next) out.append(",\"next_batch\":\"").append(to_text(*next)).append("\"");
}

refusal not_local() { return {400, refusal_reason::invalid_param, "M_UNKNOWN", "Can only look up local users"}; }

refusal invalid(std::string what) { return to_refusal({domain::errc::invalid_param, std::move(what)}, {}); }

}  // namespace

administration::administration(domain::store_reader& reader, answer_carrier& carrier)
    : reader_(reader), carrier_(carrier) {}

administration::~administration() = default;

administration::outcome administration::begin(const request_details& request, domain::identity& who,
                                              std::string_view body, domain::timestamp now, change_under_way& change,
                                              std::unique_ptr<pusher_count>& count) {
    switch (request.target) {
        case endpoint::end_sessions: return end_sessions(body, who, now, change);
        case endpoint::notify: return notify(body, who, now, change);
        case endpoint::list_users_pushers: return list_users_pushers(request.parameters[0]);
        case endpoint::find_pushers: return find(request);
        case endpoint::remove_pushers: return remove_selection(request, who, now, change);
        case endpoint::remove_pusher: return remove_one(request, who, now, change);
        case endpoint::count_pushers: count = std::make_unique<pusher_count>(); return go_on(*count);
        default: return refusals::not_found();  // not ours
    }
}

administration::outcome administration::go_on(pusher_count& count) {
    if (count.count_some(reader_)) return to_be_continued{};
    return count.to_json();
}

administration::outcome administration::end_sessions(std::string_view body, domain::identity& who,
                                                     domain::timestamp now, change_under_way& change) {
    auto ended = domain::parse_session_end(body);
    if (!ended) return to_refusal(ended.error(), {});
    change.emplace<pending_session_end>(carrier_, std::move(who), std::move(*ended), now);
    return to_be_submitted{};
}

administration::outcome administration::notify(std::string_view body, domain::identity& who, domain::timestamp now,
                                               change_under_way& change) {
    auto told = domain::parse_notifications(body);
    if (!told) return to_refusal(told.error(), {});
    change.emplace<pending_notify>(carrier_, std::move(who), std::move(*told), now);
    return to_be_submitted{};
}

administration::outcome administration::list_users_pushers(const std::string& user_id) {
    if (!domain::is_user_id(user_id)) return invalid("'userId' must be @localpart:domain");
    const std::string server = reader_.server_name();
    if (!server.empty() && domain::server_of(user_id) != server) return not_local();
    synapse_writer page;
    (void)reader_.search({.user_id = user_id}, {}, 1, page);
    return "{\"pushers\":[" + page.items() + "],\"total\":" + std::to_string(page.count()) + '}';
}

administration::outcome administration::find(const request_details& request) {
    const auto query = read_pusher_query(request.query, false);
    if (!query) return to_refusal(query.error(), {});
    found_writer page(query->limit);
    const auto next = reader_.search(query->filter, query->from, users_a_page, page);
    std::string out = "{\"pushers\":[" + page.items() + ']';
    append_next(out, next);
    return out + '}';
}

administration::outcome administration::remove_selection(const request_details& request, domain::identity& who,
                                                         domain::timestamp now, change_under_way& change) {
    const auto query = read_pusher_query(request.query, true);
    if (!query) return to_refusal(query.error(), {});
    name_collector found(query->limit);
    domain::search_position from = query->from;
    if (!query->dry_run) from.pusher = 0;  // what came before it has gone, or has not been removed yet
    auto next = reader_.search(query->filter, from, users_a_page, found);
    if (query->dry_run) {
        std::string out = "{\"dry_run\":true,\"pushers\":" + std::to_string(found.count);
        append_next(out, next);
        return out + '}';
    }
    if (next) next->pusher = 0;
    change.emplace<pending_removal>(carrier_, std::move(who), std::move(found.names), std::move(next), now);
    return to_be_submitted{};
}

administration::outcome administration::remove_one(const request_details& request, domain::identity& who,
                                                   domain::timestamp now, change_under_way& change) {
    const auto& [user_id, app_id, pushkey] = request.parameters;
    if (!domain::is_user_id(user_id)) return invalid("'userId' must be @localpart:domain");
    domain::pusher_key key{app_id, pushkey};
    if (auto bad = domain::check_pusher_key(key); !bad) return to_refusal(bad.error(), {});
    std::vector<domain::chosen_pushers> names(1);
    names.front().user_id = user_id;
    names.front().keys.push_back(std::move(key));
    change.emplace<pending_removal>(carrier_, std::move(who), std::move(names), std::nullopt, now);
    return to_be_submitted{};
}

std::variant<std::string, domain::error> body_of(const pending_session_end& done) {
    if (!done.answer) return done.answer.error();
    return "{\"tokens\":" + std::to_string(done.answer->tokens) +
           ",\"pushers\":" + std::to_string(done.answer->pushers) + '}';
}

std::variant<std::string, domain::error> body_of(const pending_removal& done) {
    if (!done.answer) return done.answer.error();
    std::string out = "{\"dry_run\":false,\"pushers\":" + std::to_string(*done.answer);
    append_next(out, done.next_page());
    return out + '}';
}

std::variant<std::string, domain::error> body_of(const pending_notify& done) {
    if (!done.answer) return done.answer.error();
    return "{\"queued\":" + std::to_string(*done.answer) + '}';
}

}  // namespace pusherd::net
