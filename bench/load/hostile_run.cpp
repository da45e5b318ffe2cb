#include "bench/load/hostile_run.hpp"

#include "bench/load/bench_users.hpp"
#include "bench/load/open_files.hpp"
#include "bench/load/run.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <deque>
#include <vector>

namespace pusherd::bench {
namespace {

using std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds turn{5};

/// The hostile connections of one run, on one thread.
class crowd {
public:
    crowd(const hostile_options& options, const net::tcp::endpoint& server, const std::string& token)
        : options_(options),
          scripts_(scripts_of(options.kind, options.where, token)),
          loop_([](const std::exception_ptr& failed) { std::rethrow_exception(failed); }) {
        for (std::size_t i = 0; i < options.connections; ++i) clients_.emplace_back(loop_, server, counts_);
    }

    void run(const hostile_watch& watch) {
        const auto begin = steady_clock::now();
        // A crowd that comes and goes is there from the first moment.
        bool all_are_there = options_.kind == hostile_kind::churn;
        for (seconds passed{0}; passed < options_.duration; passed = steady_clock::now() - begin) {
            open_those_due(passed);
            if (!scripts_.front().dripping.empty()) drip_those_due(passed);
            loop_.run_once(turn);
            all_are_there = all_are_there || counts_.open == clients_.size();
            if (!watch(counts_, all_are_there)) return;
        }
    }

    [[nodiscard]] const hostile_counts& counts() const noexcept { return counts_; }

private:
    // One look at each at most: who has just been closed is opened by the next turn.
    void open_those_due(seconds passed) {
        const auto due = static_cast<std::size_t>(passed.count() * options_.connect_rate);
        for (std::size_t looked_at = 0; begun_ < due && looked_at < clients_.size(); ++looked_at) {
            hostile_client& next = clients_[next_to_open_++ % clients_.size()];
            if (next.is_closed()) next.open(scripts_[begun_++ % scripts_.size()]);
        }
        begun_ = std::max(begun_, due);  // what was not needed is not made up for
    }

    // Each in its turn, so that they come evenly.
    void drip_those_due(seconds passed) {
        const auto due = static_cast<std::size_t>(passed.count() * static_cast<double>(clients_.size()));
        for (; dripped_ < due; ++dripped_) clients_[dripped_ % clients_.size()].drip();
    }

    const hostile_options& options_;
    const std::vector<hostile_script> scripts_;
    hostile_counts counts_;
    net::event_loop loop_;                // before the clients, whose sockets it watches
    std::deque<hostile_client> clients_;  // they stay where they are
    std::size_t next_to_open_ = 0;
    std::size_t begun_ = 0;
    std::size_t dripped_ = 0;
};

}  // namespace

hostile_counts run_hostile(const hostile_options& options, const hostile_watch& watch) {
    const std::string token = read_tokens(options.tokens, 1).front();
    const net::tcp::endpoint server = resolve(options.where);
    raise_open_file_limit(options.connections);
    crowd all(options, server, token);
    all.run(watch);
    return all.counts();
}

std::string to_text(const hostile_options& options, const hostile_counts& counts) {
    std::string out = fmt::format("{}, {}: {} connections for {} s\n\n", options.url, to_string(options.kind),
                                  options.connections, options.duration.count());
    out += fmt::format("{} opened, at most {} at once, {} bytes sent\n{} ended by the server\n", counts.opened,
                       counts.most_open, counts.bytes, counts.ended_by_server);
    for (const auto& [status, count] : counts.answers) out += fmt::format("  {} × status {}\n", count, status);
    for (const auto& [cause, count] : counts.failures) out += fmt::format("  {} × not opened: {}\n", count, cause);
    return out;
}

std::string to_json(const hostile_options& options, const hostile_counts& counts) {
    boost::json::object answers;
    for (const auto& [status, count] : counts.answers) answers[std::to_string(status)] = count;
    boost::json::object failures;
    for (const auto& [cause, count] : counts.failures) failures[cause] = count;
    return boost::json::serialize(boost::json::object{{"kind", to_string(options.kind)},
                                                      {"seconds", options.duration.count()},
                                                      {"opened", counts.opened},
                                                      {"most_open", counts.most_open},
                                                      {"ended_by_server", counts.ended_by_server},
                                                      {"bytes", counts.bytes},
                                                      {"answers", std::move(answers)},
                                                      {"not_opened", std::move(failures)}}) +
           '\n';
}

}  // namespace pusherd::bench
