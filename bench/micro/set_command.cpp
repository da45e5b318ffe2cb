#include "domain/set_command.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace pusherd::bench {
namespace {

// A body as an app sends it at every start.
const std::string body =
    R"({"lang":"en","kind":"http","app_display_name":"Mat Rix","device_display_name":"iPhone 9",)"
    R"("profile_tag":"xxyyzz","app_id":"com.example.app.ios","pushkey":"APA91bHPRgkF3JUikC4ENAHEeMrd41Zxv3hVZjC9KtT8OvPV",)"
    R"("data":{"url":"https://push-gateway.location.here/_matrix/push/v1/notify","format":"event_id_only"},)"
    R"("append":false})";

void parse_a_set(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(domain::parse_set_command(body, {}));
}
BENCHMARK(parse_a_set);

}  // namespace
}  // namespace pusherd::bench
