#include "persistence/registry/lmdb_store.hpp"
#include "persistence/registry/token_import.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/recording_logger.hpp"
#include "tests/support/temporary_folder.hpp"

#include <benchmark/benchmark.h>

#include <future>
#include <sstream>
#include <string>

namespace pusherd::bench {
namespace {

class size_of_list final : public domain::list_visitor {
public:
    void visit(std::string_view items) override { size += items.size(); }
    std::size_t size = 0;
};

class awaited_set final : public domain::set_request {
public:
    using set_request::set_request;
    void on_done() noexcept override { done.set_value(); }
    std::promise<void> done;
};

/// A database of users with a pusher each, whose tokens are `token-0`, `token-1` …
class populated {
public:
    explicit populated(std::int64_t users)
        : db_(folder_.path() / "data", {.map_size = std::size_t{1} << 30, .sync = false}), store_(db_, log_, {}) {
        std::stringstream lines;
        for (std::int64_t i = 0; i < users; ++i) lines << "token-" << i << "\t@user" << i << ":localhost\n";
        const auto file = persistence::token_file::read(lines, "");
        (void)persistence::import_tokens(db_, std::get<persistence::token_file>(file), 0);
        reader_ = store_.open_reader();
        for (std::int64_t i = 0; i < users; ++i) set(i);
    }

    domain::store_reader& reader() { return *reader_; }

    void set(std::int64_t user, std::string_view lang = "en") {
        const auto who = reader_->authenticate(domain::sha256("token-" + std::to_string(user)));
        const auto body = testing::pusher_body("org.example.app", "key-" + std::to_string(user), lang);
        const auto command = domain::parse_set_command(body, {});
        awaited_set set(*who, *command, {}, 0);
        if (store_.submit(set)) set.done.get_future().wait();
    }

private:
    testing::temporary_folder folder_;
    testing::recording_logger log_;
    persistence::database db_;
    persistence::lmdb_store store_;
    std::unique_ptr<domain::store_reader> reader_;
};

void list_from_snapshot(benchmark::State& state) {
    populated data(state.range(0));
    size_of_list visitor;
    std::int64_t next = 0;
    for (auto _ : state) {
        const std::string token = "token-" + std::to_string(next);
        benchmark::DoNotOptimize(data.reader().list(domain::sha256(token), visitor));
        next = (next + 7919) % state.range(0);
    }
}
BENCHMARK(list_from_snapshot)->Arg(1000)->Arg(20'000);

// Without the disk's part: commits do not sync.
void set_that_changes(benchmark::State& state) {
    populated data(1000);
    std::int64_t next = 0;
    for (auto _ : state) {
        ++next;
        data.set(next % 1000, next % 2 == 0 ? "en" : "de");
    }
}
BENCHMARK(set_that_changes)->UseRealTime();

}  // namespace
}  // namespace pusherd::bench
