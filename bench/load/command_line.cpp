#include "bench/load/command_line.hpp"

#include "bench/gateway/command_line.hpp"
#include "bench/load/bench_users.hpp"
#include "bench/load/child.hpp"
#include "bench/load/hostile_run.hpp"
#include "bench/load/html_report.hpp"
#include "bench/load/run.hpp"
#include "bench/load/seed.hpp"
#include "bench/load/soak.hpp"
#include "bench/load/soak_report.hpp"
#include "bench/load/start_time.hpp"
#include "bench/load/text_report.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <sys/stat.h>

#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <utility>

namespace pusherd::bench {
namespace {

constexpr int failed = 1;
constexpr int unusable = 2;
constexpr const char* api = "/_matrix/client/v3";

/// Options that each are fine and do not go together, or a value that CLI11 cannot check.
class unusable_options : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

target parse_url(const std::string& text) {
    const bool is_secure = text.starts_with("https://");
    // Boost.URL 1.81 ends by an assertion at some texts without `//`.
    const boost::urls::string_view readable = is_secure || text.starts_with("http://") ? text.c_str() : "";
    const auto url = boost::urls::parse_uri(readable);
    if (!url || url->host().empty() || url->has_query() || url->has_fragment())
        throw unusable_options("--url: expected http[s]://HOST[:PORT][/PREFIX], such as http://127.0.0.1:8008");
    if (url->has_port() && url->port_number() == 0) throw unusable_options("--url: a port is a number, 1 to 65535");
    const std::string usual_port = is_secure ? "443" : "80";
    target where{.host = url->host_address(),
                 .port = url->has_port() ? std::string(url->port()) : usual_port,
                 .prefix = api,
                 .is_secure = is_secure};
    std::string path(url->encoded_path());
    while (path.ends_with('/')) path.pop_back();
    if (!path.empty()) where.prefix = path;
    return where;
}

// For what speaks HTTP in the clear alone.
target parse_plain_url(const std::string& text) {
    target where = parse_url(text);
    if (where.is_secure) throw unusable_options("--url: https:// is for run alone, without --idle-connections");
    return where;
}

void write_file(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) throw std::runtime_error(file.string() + ": cannot be written");
}

int run_and_report(run_options options, const std::string& mix) {
    options.where = options.idle_connections == 0 ? parse_url(options.url) : parse_plain_url(options.url);
    const auto parsed = request_mix::parse(mix);
    if (!parsed) throw unusable_options("--mix: expected kinds and weights, such as list=90,set=9,delete=1");
    options.mix = *parsed;
    if (!options.keep_alive && options.in_flight != 1)
        throw unusable_options("--in-flight goes with keep-alive connections alone");
    if (options.threads > options.connections)
        throw unusable_options("--threads: each needs a connection, so no more than --connections");

    const run_result result = run_load(options);
    std::cout << to_table(options, result);
    if (!options.json.empty()) write_file(options.json, to_json(options, result));
    if (!options.report.empty()) write_file(options.report, to_html(options, result));
    return is_clean(result) ? 0 : failed;
}

int be_hostile_and_report(hostile_options options, const std::string& kind) {
    options.where = parse_plain_url(options.url);
    const auto named = hostile_kind_named(kind);
    if (!named) throw unusable_options("--kind: expected slow-head, byte-a-second, slow-body, never-read or churn");
    options.kind = *named;
    bool told = false;
    const hostile_counts counts = run_hostile(options, [&told](const hostile_counts&, bool all_are_there) {
        // Who waits for this line knows when the server has them all.
        if (all_are_there && !std::exchange(told, true)) std::cout << "all are there" << std::endl;
        return true;
    });
    std::cout << to_text(options, counts);
    if (!options.json.empty()) write_file(options.json, to_json(options, counts));
    return counts.failures.empty() ? 0 : failed;
}

struct start_options {
    std::string url = "http://127.0.0.1:8008";
    std::string path = "/health";
    std::vector<std::string> command;
};

int print_start_time(const start_options& options) {
    const auto took = time_start(options.command, parse_plain_url(options.url), options.path);
    std::cout << took.count() * 1e3 << " ms\n";
    return 0;
}

void add_start_options(CLI::App& command, start_options& into) {
    command.add_option("--url", into.url, "Where it will listen")->type_name("URL")->capture_default_str();
    command.add_option("--path", into.path, "What to ask for")->type_name("PATH")->capture_default_str();
    command.add_option("COMMAND", into.command, "The server and its arguments, behind --")->required();
}

int soak_and_report(const soak_options& options) {
    take_children_along();
    const soak_result result = soak(options);
    std::cout << to_table(result);
    if (!options.report.empty()) write_file(options.report, to_html(result));
    return is_good(result) ? 0 : failed;
}

void add_soak_options(CLI::App& command, soak_options& into) {
    const auto time = [&command](const char* name, std::chrono::duration<double>& value, double unit, const char* type,
                                 const char* text) {
        command
            .add_option_function<double>(
                name, [&value, unit](double n) { value = std::chrono::duration<double>(n * unit); }, text)
            ->check(CLI::Range(0.01, 1e6).description(""))
            ->default_str(CLI::detail::to_string(value.count() / unit))
            ->type_name(type);
    };
    command.add_option("--pusherd", into.pusherd, "The server's binary")->type_name("FILE")->required();
    command.add_option("--folder", into.folder, "A new folder, for the database and the logs")
        ->type_name("DIR")
        ->required();
    time("--minutes", into.length, 60, "MINUTES", "How long; a third of it, at most 10, is for settling");
    time("--restart", into.between_restarts, 1, "SECONDS",
         "How long one of the servers runs before it is started anew");
    time("--sample", into.between_samples, 1, "SECONDS",
         "How often memory, files, reader slots and file size are noted");
    command.add_option("--rate", into.rate, "Requests a second, over both servers")
        ->check(CLI::Range(1.0, 1e6).description(""))
        ->type_name("N")
        ->capture_default_str();
    command.add_option("--users", into.users, "Users, each with two pushers")
        ->check(CLI::Range(1, 10'000'000).description(""))
        ->type_name("N")
        ->capture_default_str();
    command.add_option("--connections", into.connections, "Connections to each server")
        ->check(CLI::Range(1, 10'000).description(""))
        ->type_name("N")
        ->capture_default_str();
    command.add_option("--report", into.report, "Where to write the result as a page with plots")
        ->type_name("FILE.html");
}

void add_run_options(CLI::App& command, run_options& into, std::string& mix) {
    const auto seconds = [&command](const char* name, std::chrono::duration<double>& value, double lowest,
                                    const char* text) {
        command
            .add_option_function<double>(
                name, [&value](double s) { value = std::chrono::duration<double>(s); }, text)
            ->check(CLI::Range(lowest, 1e6).description(""))
            ->default_str(CLI::detail::to_string(value.count()))
            ->type_name("SECONDS");
    };
    command.add_option("--url", into.url, "The server; with a path: what comes before /pushers")
        ->type_name("URL")
        ->capture_default_str();
    command
        .add_option("--ca", into.authority,
                    "For https: certificates (PEM) that vouch for the server's (default: the system's; on this machine "
                    "any is fine)")
        ->type_name("FILE");
    command.add_option("--tokens", into.tokens, "Access tokens, one a line, as seed writes them")
        ->type_name("FILE")
        ->required();
    command.add_option("--users", into.users, "Use the first N tokens alone (default: all)")->type_name("N");
    command.add_option("--mix", mix, "What is sent: list, set, unchanged, shared, delete, with weights")
        ->type_name("KIND=WEIGHT,…")
        ->capture_default_str();
    const auto count = [&command](const char* name, std::size_t& value, std::size_t lowest, const char* text) {
        command.add_option(name, value, text)
            ->check(CLI::Range(lowest, std::size_t{1'000'000}).description(""))
            ->type_name("N")
            ->capture_default_str();
    };
    count("--connections", into.connections, 1, "Connections");
    count("--idle-connections", into.idle_connections, 0, "Connections beside those that stay open and silent");
    count("--in-flight", into.in_flight, 1, "Requests that a connection sends before their answers have come");
    count("--threads", into.threads, 1, "Threads");
    command.add_flag("!--no-keep-alive", into.keep_alive, "A connection a request");
    command.add_flag("--refusals-are-fine", into.refusals_are_fine,
                     "Count 429 apart, with a latency of its own, and not as a wrong answer");
    command.add_flag("--busy-poll", into.busy_poll, "Do not sleep while answers come: for threads with a core each");
    command.add_option("--rate", into.rate, "Open loop: so many requests a second, whatever the server does")
        ->check(CLI::Range(0.001, 1e7).description(""))
        ->type_name("N");
    seconds("--warm-up", into.warm_up, 0, "Not measured");
    seconds("--duration", into.duration, 0.001, "Measured");
    command.add_option("--server-pid", into.server_pids, "A process whose CPU time is told; repeatable")
        ->type_name("PID");
    command.add_option("--json", into.json, "Where to write the result for programs")->type_name("FILE");
    command.add_option("--report", into.report, "Where to write the result as a page with plots")
        ->type_name("FILE.html");
}

void add_hostile_options(CLI::App& command, hostile_options& into, std::string& kind) {
    command.add_option("--url", into.url, "The server; with a path: what comes before /pushers")
        ->type_name("URL")
        ->capture_default_str();
    command.add_option("--tokens", into.tokens, "Access tokens, one a line; the first is used")
        ->type_name("FILE")
        ->required();
    command.add_option("--kind", kind, "slow-head, byte-a-second, slow-body, never-read or churn")
        ->type_name("KIND")
        ->required();
    command.add_option("--connections", into.connections, "Connections at once; those that end are opened anew")
        ->check(CLI::Range(1, 1'000'000).description(""))
        ->type_name("N")
        ->capture_default_str();
    command.add_option("--connect-rate", into.connect_rate, "Connections opened a second, at most")
        ->check(CLI::Range(0.001, 1e6).description(""))
        ->type_name("N")
        ->capture_default_str();
    command
        .add_option_function<double>(
            "--duration", [&into](double s) { into.duration = std::chrono::duration<double>(s); }, "How long")
        ->check(CLI::Range(0.0, 1e6).description(""))
        ->default_str(CLI::detail::to_string(into.duration.count()))
        ->type_name("SECONDS");
    command.add_option("--json", into.json, "Where to write the counts for programs")->type_name("FILE");
}

void add_seed_options(CLI::App& command, seed_options& into) {
    command.add_option("--data", into.data, "The folder of the new database")->type_name("DIR")->required();
    command.add_option("--tokens", into.tokens, "The token file to write (default: DIR/tokens.tsv)")->type_name("FILE");
    command.add_option("--dump", into.dump, "A file to write the same users to, as lines of JSON for other servers")
        ->type_name("FILE");
    command.add_option("--users", into.users, "Users, each with a token")
        ->check(CLI::Range(1, 100'000'000).description(""))
        ->type_name("N")
        ->capture_default_str();
    command.add_option("--pushers", into.pushers, "Pushers of each user")
        ->check(CLI::Range(0, 100).description(""))
        ->type_name("N")
        ->capture_default_str();
    command
        .add_option("--map-size", into.map_size,
                    "How large the database may become (default: 16 GiB, of 32 bits 1 GiB)")
        ->transform(CLI::AsSizeValue(false).description(""))
        ->type_name("BYTES");
}

int parse_and_run(int argc, char** argv) {
    CLI::App root{"Puts load on pusherd, or on a server like it, and measures", "pusherd-bench"};
    root.require_subcommand(1);
    root.set_version_flag("--version", "pusherd-bench " PUSHERD_VERSION);
    root.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("pusherd-bench: ") + error.what() + "; see pusherd-bench --help\n";
    });

    run_options run;
    std::string mix = "list=1";
    int status = 0;
    CLI::App& run_command = *root.add_subcommand("run", "Send requests, check the answers, and measure");
    add_run_options(run_command, run, mix);
    run_command.final_callback([&] { status = run_and_report(run, mix); });

    hostile_options harm;
    std::string kind;
    CLI::App& hostile_command =
        *root.add_subcommand("hostile", "Hold connections that mean harm, while others are measured");
    add_hostile_options(hostile_command, harm, kind);
    hostile_command.final_callback([&] { status = be_hostile_and_report(harm, kind); });

    seed_options seeded;
    CLI::App& seed_command = *root.add_subcommand("seed", "Make a database of users, and the token file for run");
    add_seed_options(seed_command, seeded);
    seed_command.final_callback([&] {
        if (seeded.tokens.empty()) seeded.tokens = seeded.data / "tokens.tsv";
        seed(seeded);
    });

    start_options started;
    CLI::App& start_command = *root.add_subcommand("start", "Start a server, and measure the time to its first 200");
    add_start_options(start_command, started);
    start_command.final_callback([&] { status = print_start_time(started); });

    soak_options soaked;
    CLI::App& soak_command = *root.add_subcommand(
        "soak", "Run servers under every kind of load for long, and check that what they hold stays the same");
    add_soak_options(soak_command, soaked);
    soak_command.final_callback([&] { status = soak_and_report(soaked); });

    gateway_options received;
    add_gateway_command(root, received, status);

    try {
        root.parse(argc, argv);
        return status;
    } catch (const CLI::ParseError& error) {
        return root.exit(error) == 0 ? 0 : unusable;
    }
}

int fail(const std::exception& error, int status) {
    std::cerr << "pusherd-bench: " << error.what() << '\n';
    return status;
}

}  // namespace

int run(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a server that closes is met by what is read
    ::umask(0077);                  // a file of access tokens is its owner's alone
    try {
        return parse_and_run(argc, argv);
    } catch (const unusable_options& error) {
        return fail(error, unusable);
    } catch (const std::exception& error) {
        return fail(error, failed);
    }
}

}  // namespace pusherd::bench
