#include "tests/model/model_run.hpp"

#include "persistence/registry/database.hpp"

#include <algorithm>
#include <stdexcept>

namespace pusherd::testing {
namespace {

constexpr std::size_t most_pushers = 5;  // fewer than there are keys
constexpr std::size_t history_length = 25;
const std::vector<std::string> users{"@alice:example.org", "@bob:example.org", "@:example.org", "@Zoë/1:example.org"};
const std::string token_file =
    "alice-1\t@alice:example.org\tPHONE\nalice-2\t@alice:example.org\tPHONE\nalice-3\t@alice:example.org\tWEB\n"
    "alice-4\t@alice:example.org\nbob-1\t@bob:example.org\tPHONE\nbob-2\t@bob:example.org\n"
    "empty-1\t@:example.org\tWEB\nzoe-1\t@Zo\xc3\xab/1:example.org\tPHONE\nzoe-2\t@Zo\xc3\xab/1:example.org\tWEB\n";

[[noreturn]] void differ(const std::string& got, const std::string& wanted) {
    throw std::runtime_error("the server says\n  " + got + "\nthe model says\n  " + wanted);
}

std::string to_text(const expectation& each) {
    return std::to_string(each.status) + ' ' + each.errcode + ' ' + each.outcome;
}

std::string to_text(const std::vector<shown_pusher>& list) {
    std::string out;
    for (const shown_pusher& each : list) {
        out += "{ ";
        for (const auto& [key, value] : each) out += key + ": " + value + ", ";
        out += "}\n  ";
    }
    return out;
}

std::string to_text(const std::vector<std::string>& events) {
    std::string out;
    for (const std::string& each : events) out += (each.empty() ? "counts" : each) + ' ';
    return out;
}

std::string percent_encoded(const std::string& text) {
    constexpr const char* digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.append(1, '%').append(1, digits[byte / 16]).append(1, digits[byte % 16]);
    }
    return out;
}

}  // namespace

model_run::model_run(std::uint64_t seed) : random_(seed), model_(most_pushers) {
    import_tokens();
    start();
}

void model_run::import_tokens() {
    folder_.print({"token", "import", "-"}, token_file);
    std::string line;
    for (std::size_t at = 0, end = 0; at < token_file.size(); at = end + 1) {
        end = token_file.find('\n', at);
        line = token_file.substr(at, end - at);
        const std::size_t user = line.find('\t') + 1;
        const std::size_t device = line.find('\t', user);
        model_.add_token(line.substr(0, user - 1), line.substr(user, device - user),
                         device == std::string::npos ? "" : line.substr(device + 1));
    }
    service_token_ = folder_.print({"token", "issue", "--service", "homeserver"});
    service_token_.pop_back();
    model_.add_service_token(service_token_);
}

void model_run::start() {
    clients_.clear();
    server_.reset();
    server_.emplace(folder_.data(), std::vector<std::string>{"--set-rate", "0", "--threads", "4", "--max-pushers",
                                                             std::to_string(most_pushers), "--log-level", "error"});
}

void model_run::perform(int commands) {
    for (int i = 0; i < commands; ++i) step();
}

void model_run::step() {
    const std::size_t dice = random_.below(1000);
    const auto tokens_before = model_.tokens();
    if (dice < 560)
        set();
    else if (dice < 700)
        remove();
    else if (dice < 840)
        set_invalid();
    else if (dice < 946)
        list();
    else if (dice < 976)
        notify();
    else if (dice < 986)
        issue();
    else if (dice < 994)
        revoke();
    else if (dice < 996)
        remove_user();
    else
        restart();
    remember_dead(tokens_before);
    for (const std::string& token : model_.a_token_of_each_user()) compare_list(token);
}

void model_run::set() {
    const std::string token = some_token();
    const valid_set what = random_set(random_);
    post(token, what.body, model_.set(token, what.wanted));
}

void model_run::remove() {
    const std::string token = some_token();
    const removing_set what = random_removal(random_);
    if (!random_.one_in(4)) return post(token, what.body, model_.remove(token, what.app_id, what.pushkey));
    const std::string path = "/_matrix/client/unstable/pusherd/pushers/" + percent_encoded(what.app_id) + '/' +
                             percent_encoded(what.pushkey);
    note("DELETE by " + token + ": " + path);
    compare_answer(client_of(token).send("DELETE", path), model_.remove(token, what.app_id, what.pushkey));
}

void model_run::set_invalid() {
    const std::string token = some_token();
    const invalid_set what = random_invalid_set(random_);
    post(token, what.body, model_.refused_set(token, what.errcode));
}

void model_run::list() {
    const std::string token = some_token();
    note("list by " + token);
    const expectation wanted = model_.list(token);
    const answer got = client_of(token).get();
    compare_answer(got, wanted);
}

void model_run::issue() {
    const std::string user = some_user();
    const std::string device = some_device();
    const std::string token = folder_.issue(user, device);
    note("token issue " + user + " --device '" + device + "' gives " + token);
    model_.add_token(token, user, device);
}

void model_run::revoke() {
    if (model_.tokens().empty()) return issue();
    switch (random_.below(3)) {
        case 0: {
            const std::string token = random_.one_of(model_.tokens());
            if (token != service_token_ && is_service_known() && random_.one_in(3)) {
                const std::string body = R"({"user_id":)" + testing::quoted(model_.user_of(token)) +
                                         R"(,"access_token":)" + testing::quoted(token) + "}";
                return compare_counts(end_sessions(body), model_.revoke_token(token));
            }
            note("token revoke " + token);
            const std::string printed = random_.one_in(2) ? folder_.print({"token", "revoke", token})
                                                          : folder_.print({"token", "revoke", "-"}, token + "\n");
            return compare_counts(printed, model_.revoke_token(token));
        }
        case 1: {
            const std::string user = some_user();
            const std::string device = random_.one_of({"PHONE", "WEB"});
            if (is_service_known() && random_.one_in(2)) {
                const std::string body =
                    R"({"user_id":)" + testing::quoted(user) + R"(,"device_id":)" + testing::quoted(device) + "}";
                return compare_counts(end_sessions(body), model_.revoke_device(user, device));
            }
            note("token revoke --user " + user + " --device " + device);
            const std::string printed = folder_.print({"token", "revoke", "--user", user, "--device", device});
            return compare_counts(printed, model_.revoke_device(user, device));
        }
        default: {
            const std::string user = some_user();
            if (is_service_known() && random_.one_in(2))
                return compare_counts(end_sessions(R"({"user_id":)" + testing::quoted(user) + "}"),
                                      model_.revoke_user(user));
            note("token revoke --user " + user);
            return compare_counts(folder_.print({"token", "revoke", "--user", user}), model_.revoke_user(user));
        }
    }
}

bool model_run::is_service_known() const {
    const auto valid = model_.tokens();
    return std::find(valid.begin(), valid.end(), service_token_) != valid.end();
}

// As a homeserver tells it.
std::string model_run::end_sessions(const std::string& body) {
    note("sessions/end " + body);
    const answer got = client_of(service_token_).post("/_pusherd/v1/sessions/end", body);
    if (got.status != 200) differ(std::to_string(got.status) + ' ' + got.body, "200");
    return got.body;
}

void model_run::remove_user() {
    const std::string user = some_user();
    note("user remove " + user);
    compare_counts(folder_.print({"user", "remove", user}), model_.remove_user(user));
}

void model_run::notify() {
    if (!is_service_known()) return;
    const told_events what = random_notifications(random_, users);
    note("notify " + what.body.substr(0, 600));
    const answer got = client_of(service_token_).post("/_pusherd/v1/notify", what.body);
    const std::string wanted = R"({"queued":)" + std::to_string(model_.notify(what.events)) + '}';
    if (got.status != 200 || got.body != wanted) differ(std::to_string(got.status) + ' ' + got.body, wanted);
    if (random_.one_in(4)) compare_waiting_counts();
}

void model_run::restart() {
    if (random_.one_in(2)) {
        note("restart after SIGTERM");
        const process_end& end = server_->stop();
        if (end.status != 0) differ("exit status " + std::to_string(end.status) + ", " + end.err, "0");
    } else {
        note("restart after SIGKILL");
        server_->kill();
    }
    start();
}

void model_run::finish() {
    note("stop");
    const process_end& end = server_->stop();
    if (end.status != 0 || !end.out.empty()) differ("exit status " + std::to_string(end.status) + end.out, "0");
    const std::string verified = folder_.print({"verify"});
    if (!verified.starts_with("ok")) differ(verified, "ok");
    const model::counts found{folder_.stat("tokens"), folder_.stat("pushers")};
    const std::uint64_t found_users = folder_.stat("users");
    compare_waiting_counts();
    compare_what_waits();
    if (found != model_.total() || found_users != model_.users_with_pushers())
        differ(verified, std::to_string(model_.users_with_pushers()) + " users, " +
                             std::to_string(model_.total().pushers) + " pushers, " +
                             std::to_string(model_.total().tokens) + " tokens");
}

void model_run::compare_waiting_counts() {
    const auto wanted = model_.waiting();
    std::size_t pokes = 0;
    for (const auto& [pusher, queue] : wanted) pokes += queue.size();
    if (folder_.stat("queues_waiting") != wanted.size() || folder_.stat("pokes_waiting") != pokes)
        differ(folder_.print({"stat"}), std::to_string(pokes) + " pokes in " + std::to_string(wanted.size()));
}

// No command shows what waits: the database is looked at.
void model_run::compare_what_waits() {
    persistence::database db(folder_.data(), {.mode = persistence::open_mode::look});
    persistence::snapshot_reader(db.env())([&](const persistence::read_txn& txn) {
        for (const auto& [pusher, wanted] : model_.waiting()) {
            const auto& [user, app_id, pushkey] = pusher;
            const auto queue = persistence::queue_of(user, persistence::digest_of(domain::pusher_key{app_id, pushkey}));
            std::vector<std::string> found;
            txn.scan(db.all().pokes, persistence::pokes_of(queue.pusher),
                     [&](std::string_view, std::string_view bytes) {
                         found.emplace_back(persistence::poke_record::decode(bytes).event_id);
                         return true;
                     });
            if (found != wanted) differ(to_text(found), to_text(wanted) + " for " + pushkey + " of " + user);
        }
    });
}

void model_run::post(const std::string& token, const std::string& body, const expectation& wanted) {
    note("set by " + token + ": " + body.substr(0, 600));
    compare_answer(client_of(token).set(body), wanted);
}

void model_run::compare_answer(const answer& got, const expectation& wanted) {
    const expectation found{got.status, got.status == 200 ? "" : got.errcode(), got.field("pusherd-outcome")};
    if (found != wanted) differ(to_text(found) + " " + got.body, to_text(wanted));
}

void model_run::compare_list(const std::string& token) {
    const answer got = client_of(token).get();
    compare_answer(got, {});
    const auto found = pushers_in(got.body);
    const auto wanted = model_.shown_to(token);
    if (found != wanted) differ(to_text(found), to_text(wanted));
}

void model_run::compare_counts(const std::string& printed, const model::counts& wanted) {
    const auto found = numbers_in(printed);
    if (found != std::vector{wanted.tokens, wanted.pushers})
        differ(printed, std::to_string(wanted.tokens) + " tokens, " + std::to_string(wanted.pushers) + " pushers");
}

void model_run::note(std::string what) {
    history_.push_back(std::move(what));
    if (history_.size() > history_length) history_.pop_front();
}

std::string model_run::history() const {
    std::string out;
    for (const std::string& each : history_) (out += "  ") += each + '\n';
    return out;
}

std::string model_run::some_token() {
    const std::vector<std::string> valid = model_.tokens();
    return valid.empty() || random_.one_in(20) ? random_.one_of(dead_tokens_) : random_.one_of(valid);
}

std::string model_run::some_user() { return random_.one_of(users); }

std::string model_run::some_device() { return random_.one_of({"", "PHONE", "WEB"}); }

http_client& model_run::client_of(const std::string& token) {
    const auto found = clients_.find(token);
    return found != clients_.end() ? found->second : clients_.emplace(token, server_->client(token)).first->second;
}

void model_run::remember_dead(const std::vector<std::string>& tokens_before) {
    const auto left = model_.tokens();
    for (const std::string& each : tokens_before)
        if (std::find(left.begin(), left.end(), each) == left.end()) dead_tokens_.push_back(each);
}

}  // namespace pusherd::testing
