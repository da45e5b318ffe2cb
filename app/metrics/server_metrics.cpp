#include "app/metrics/server_metrics.hpp"

#include "app/metrics/poke_metrics.hpp"
#include "app/metrics/process_metrics.hpp"
#include "app/metrics/prometheus_text.hpp"
#include "domain/rules.hpp"
#include "net/metrics/request_counters.hpp"
#include "persistence/registry/statistics.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::app {
namespace {

using net::endpoint;
using threads = std::vector<std::reference_wrapper<const net::request_counters>>;

constexpr double microseconds_a_second = 1e6;

template <class Value>
std::uint64_t sum_over(const threads& all, Value&& value_of) {
    std::uint64_t sum = 0;
    for (const net::request_counters& each : all) sum += value_of(each);
    return sum;
}

template <class Function>
void for_each_route(Function&& function) {
    for (std::size_t i = 0; i < net::endpoints; ++i) function(static_cast<endpoint>(i));
}

// What has never been seen is left out: most routes know few statuses.
void write_answers(const threads& all, prometheus_text& to) {
    to.family("pusherd_requests_total", "counter", "Requests that were answered, by route and status.");
    for_each_route([&](endpoint route) {
        for (std::size_t i = 0; i < net::statuses.size(); ++i) {
            const auto answered = sum_over(all, [&](const auto& each) { return each.answers(route, i); });
            if (answered != 0)
                to.sample({{"route", net::to_string(route)}, {"status", std::to_string(net::statuses[i])}}, answered);
        }
    });
}

/// A sample for each value of an enumeration from 0 on, seen or not: a rate needs the 0 before the first.
template <class Enumeration, class Value>
void write_each(const threads& all, std::size_t how_many, std::string_view label, prometheus_text& to,
                Value&& value_of) {
    for (std::size_t i = 0; i < how_many; ++i) {
        const auto which = static_cast<Enumeration>(i);
        to.sample({{label, to_string(which)}}, sum_over(all, [&](const auto& each) { return value_of(each, which); }));
    }
}

void write_outcomes(const threads& all, prometheus_text& to) {
    to.family("pusherd_sets_total", "counter", "Sets that were answered 200, by what they came to.");
    write_each<domain::outcome>(all, domain::outcomes, "outcome", to,
                                [](const auto& each, domain::outcome which) { return each.outcomes(which); });
}

void write_refusals(const threads& all, prometheus_text& to) {
    to.family("pusherd_refusals_total", "counter", "Answers that said no, by reason.");
    write_each<net::refusal_reason>(all, net::refusal_reasons, "reason", to,
                                    [](const auto& each, net::refusal_reason which) { return each.refusals(which); });
}

void write_times(const threads& all, prometheus_text& to) {
    to.family("pusherd_request_duration_seconds", "histogram",
              "From when a request had come in whole to its answer, without the way out.");
    for_each_route([&](endpoint route) {
        std::array<std::uint64_t, net::answer_times.size() + 1> counts{};
        std::uint64_t sum = 0;
        std::uint64_t seen = 0;
        for (const net::request_counters& each : all) {
            const auto& of_thread = each.times(route);
            const auto its_own = of_thread.counts();
            for (std::size_t i = 0; i < counts.size(); ++i) {
                counts[i] += its_own[i];
                seen += its_own[i];
            }
            sum += of_thread.sum();
        }
        if (seen != 0)
            to.histogram("route", net::to_string(route), net::answer_times, counts, sum, microseconds_a_second);
    });
}

void write_connections(const net::server_statistics& seen, prometheus_text& to) {
    to.family("pusherd_connections", "gauge", "Connections that there are.");
    to.sample(seen.connections);
    to.family("pusherd_connections_accepted_total", "counter", "Connections that were accepted.");
    to.sample(seen.accepted);
    to.family("pusherd_connections_evicted_total", "counter",
              "Connections without a request that were closed to make room for a new one.");
    to.sample(seen.evicted);
    to.family("pusherd_connections_turned_away_total", "counter", "Connections for which there was no room.");
    to.sample(seen.turned_away);
    to.family("pusherd_accept_failures_total", "counter", "Accepts that failed, for want of descriptors or memory.");
    to.sample(seen.failed_accepts);
}

void write_commits(const persistence::lmdb_store& store, prometheus_text& to) {
    const auto queue = store.queue();
    const persistence::commit_counters& counted = store.commits();
    to.family("pusherd_set_queue_sets", "gauge", "Sets that wait for the disk.");
    to.sample(queue.sets);
    to.family("pusherd_set_queue_limit_sets", "gauge", "How many may wait; fewer while the disk is slow.");
    to.sample(queue.limit);
    to.family("pusherd_commit_batch_sets", "histogram", "Sets that one commit brought to the disk.");
    to.histogram({}, {}, counted.batch_sets.upper(), counted.batch_sets.counts(), counted.batch_sets.sum(), 1);
    to.family("pusherd_commit_duration_seconds", "histogram", "How long that took, the sync included.");
    to.histogram({}, {}, counted.batch_microseconds.upper(), counted.batch_microseconds.counts(),
                 counted.batch_microseconds.sum(), microseconds_a_second);
    to.family("pusherd_sets_failed_total", "counter", "Sets that could not be stored.");
    to.sample(counted.failed_sets.value());
}

void write_store(const persistence::statistics& found, prometheus_text& to) {
    to.family("pusherd_store_users", "gauge", "Users who have a pusher.");
    to.sample(found.users);
    to.family("pusherd_store_pushers", "gauge", "Pushers.");
    to.sample(found.pushers);
    to.family("pusherd_store_tokens", "gauge", "Valid access tokens.");
    to.sample(found.tokens);
    to.family("pusherd_store_file_bytes", "gauge", "Size of data.mdb.");
    to.sample(found.file_bytes);
    to.family("pusherd_map_size_bytes", "gauge", "How large data.mdb may become.");
    to.sample(found.map_bytes);
    to.family("pusherd_map_free_bytes", "gauge", "Of that, what nothing is stored in, freed pages included.");
    to.sample(found.map_free_bytes);
    to.family("pusherd_reader_slots", "gauge", "Reader slots in use, by all processes.");
    to.sample(found.readers);
    to.family("pusherd_reader_age_transactions", "gauge",
              "How many transactions the oldest reader lags behind: what it keeps from being used again.");
    to.sample(found.last_transaction - std::min(found.oldest_reader, found.last_transaction));
    to.family("pusherd_transactions_total", "counter", "Transactions that the database has seen.");
    to.sample(found.last_transaction);
}

// What cannot be read must not take the rest of the page with it: it says what is the matter.
void write_store(persistence::database& db, prometheus_text& to) {
    std::optional<persistence::statistics> found;
    try {
        found = persistence::take_statistics(db);
    } catch (const persistence::storage_error&) {
    } catch (const persistence::corrupt_record&) {
    }
    to.family("pusherd_store_readable", "gauge",
              "1: the database can be read; 0: it cannot, and its metrics are missing.");
    to.sample(found ? 1 : 0);
    if (found) write_store(*found, to);
}

void write_certificate(const net::tls::credentials& credentials, prometheus_text& to) {
    to.family("pusherd_tls_certificate_expiry_timestamp_seconds", "gauge",
              "When the certificate in use ends, as a Unix time.");
    to.sample(static_cast<std::uint64_t>(std::max<std::int64_t>(credentials.expiry().time_since_epoch().count(), 0)));
}

// Each family in one piece, as the format wants it.
void write_validators(const net::authenticator& validators, prometheus_text& to) {
    const auto seen = validators.statistics();
    to.family("pusherd_validator_requests_total", "counter", "Requests to those who know access tokens.");
    for (const auto& each : seen) to.sample({{"validator", each.name}}, each.requests);
    to.family("pusherd_validator_failures_total", "counter", "Of these, those that were not answered.");
    for (const auto& each : seen) to.sample({{"validator", each.name}}, each.failures);
    to.family("pusherd_validator_failing", "gauge",
              "1: it does not answer, and is asked only now and then; 0: it does.");
    for (const auto& each : seen) to.sample({{"validator", each.name}}, each.is_failing ? 1 : 0);
    to.family("pusherd_validated_sessions", "gauge", "Sessions that are remembered to be valid.");
    to.sample(validators.remembered_sessions());
}

void write_relay(const net::upstream_statistics& seen, prometheus_text& to) {
    to.family("pusherd_mas_relay_requests_total", "counter", "Calls of MAS's at the homeserver behind.");
    to.sample(seen.requests);
    to.family("pusherd_mas_relay_failures_total", "counter", "Of these, those that were not answered.");
    to.sample(seen.failures);
    to.family("pusherd_mas_relay_failing", "gauge",
              "1: it does not answer, and is called only now and then; 0: it does.");
    to.sample(seen.is_failing ? 1 : 0);
}

void write_build(prometheus_text& to) {
    to.family("pusherd_build_info", "gauge", "1; what this is.");
    to.sample({{"version", PUSHERD_VERSION}}, 1);
}

}  // namespace

bool server_metrics::are_built_in() noexcept { return true; }

void server_metrics::write(std::string& out) {
    prometheus_text to(out);
    write_build(to);
    if (server_ != nullptr) {
        const net::server_statistics seen = server_->statistics();
        write_answers(seen.threads, to);
        write_times(seen.threads, to);
        write_outcomes(seen.threads, to);
        write_refusals(seen.threads, to);
        write_connections(seen, to);
    }
    if (credentials_ != nullptr) write_certificate(*credentials_, to);
    if (validators_ != nullptr) write_validators(*validators_, to);
    if (mas_ != nullptr)
        if (const auto relayed = mas_->statistics()) write_relay(*relayed, to);
    if (pokes_ != nullptr) write_pokes(*pokes_, to);
    write_commits(store_, to);
    write_store(db_, to);
    write_process_metrics(to);
}

}  // namespace pusherd::app
