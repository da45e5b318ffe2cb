#include "persistence/records/user_record.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace pusherd::bench {
namespace {

// So many pushers of a user, as apps register them.
std::vector<persistence::registration> registrations(std::int64_t count, const std::string& shown) {
    const persistence::registration one{.key = {},
                                        .created = 1,
                                        .updated = 2,
                                        .kind = domain::pusher_kind::http,
                                        .device_id = "ABCDEFGHIJ",
                                        .shown = shown};
    return std::vector(static_cast<std::size_t>(count), one);
}

const std::string shown =
    R"({"app_id":"com.example.app.ios","pushkey":"APA91bHPRgkF3JUikC4ENAHEeMrd41Zxv3hVZjC9KtT8OvPV","kind":"http",)"
    R"("app_display_name":"Mat Rix","device_display_name":"iPhone 9","lang":"en","profile_tag":"xxyyzz",)"
    R"("data":{"url":"https://push-gateway.location.here/_matrix/push/v1/notify","format":"event_id_only"})";

void encode_a_user(benchmark::State& state) {
    const auto pushers = registrations(state.range(0), shown);
    for (auto _ : state) benchmark::DoNotOptimize(persistence::user_record::encode(pushers));
}
BENCHMARK(encode_a_user)->Arg(2)->Arg(100);

// What a list takes of it.
void decode_for_a_list(benchmark::State& state) {
    const std::string bytes = persistence::user_record::encode(registrations(state.range(0), shown));
    for (auto _ : state) benchmark::DoNotOptimize(persistence::user_record::decode(bytes).items());
}
BENCHMARK(decode_for_a_list)->Arg(2)->Arg(100);

// What a set takes of it.
void decode_for_a_set(benchmark::State& state) {
    const std::string bytes = persistence::user_record::encode(registrations(state.range(0), shown));
    for (auto _ : state) benchmark::DoNotOptimize(persistence::user_record::decode(bytes).registrations());
}
BENCHMARK(decode_for_a_set)->Arg(2)->Arg(100);

void hash_a_token(benchmark::State& state) {
    const std::string token = "pusherd_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for (auto _ : state) benchmark::DoNotOptimize(persistence::sha256(token));
}
BENCHMARK(hash_a_token);

}  // namespace
}  // namespace pusherd::bench
