#include "net/http/request_reader.hpp"
#include "net/http/response.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>

namespace pusherd::bench {
namespace {

// A list as a reverse proxy passes it on.
const std::string list_request =
    "GET /_matrix/client/v3/pushers HTTP/1.1\r\nHost: matrix.example.org\r\nX-Forwarded-For: 192.0.2.7\r\n"
    "User-Agent: Element/1.6 (iPhone; iOS 17.5)\r\nAccept: application/json\r\n"
    "Authorization: Bearer pusherd_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n\r\n";

void read_a_request(benchmark::State& state) {
    net::request_reader reader;
    for (auto _ : state) {
        std::size_t used = 0;
        benchmark::DoNotOptimize(reader.read_head(list_request, used));
        benchmark::DoNotOptimize(reader.read_body({}, 0, used));
        reader.reset();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(list_request.size()));
}
BENCHMARK(read_a_request);

void write_the_head_of_an_answer(benchmark::State& state) {
    net::response_writer writer;
    std::string out;
    for (auto _ : state) {
        out.clear();
        writer.append_head(out, {.content_length = 625, .extra_fields = {}});
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(write_the_head_of_an_answer);

}  // namespace
}  // namespace pusherd::bench
