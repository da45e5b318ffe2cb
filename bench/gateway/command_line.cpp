#include "bench/gateway/command_line.hpp"

#include "bench/gateway/gateway.hpp"
#include "bench/gateway/rule.hpp"
#include "net/server/listen_address.hpp"
#include "net/tls/credentials.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include <string>

namespace pusherd::bench {
namespace {

constexpr const char* rule_help =
    R"(Rules: 'CONDITION...: ACTION...', words with blanks between them. A rule is for a notification of which all its
conditions are so; the first rule that is counts. Without one the answer is 200 {"rejected":[]}.
  all              every notification
  pushkey=GLOB     one that pokes such a device (* any characters, ? one);
  app=GLOB         with pushkey= the same device's app_id
  event=GLOB       of such an event_id; ?* is any event, and no counts alone
  first=N          the first N that come to this rule and whose patterns fit
  every=N          every Nth of them
  N%               so many of them, by chance
Actions:
  ok               what is answered without a rule
  status=N         200 to 599
  retry-after=N    seconds; retry-after-date=N says the same as a date
  delay=TIME       such as 250ms or 2s; delay=1s..3s is anything between
  reject           the devices that the patterns fit; reject=PUSHKEY another one
  rejected-broken  `rejected` is no array; no-rejected: it is not there
  redirect=URL     307, or the status=N beside it
  large            256 KiB; large=N is N KiB
  half             half an answer, and the connection is closed
  close            the connection is closed without an answer
  silent           there is never an answer
Examples:
  pusherd-bench gateway
  pusherd-bench gateway --rule 'pushkey=gone*: reject' --rule 'first=2: status=503 retry-after=1'
  pusherd-bench gateway --count --rule '1%: delay=1s..3s' --rule 'every=1000: close')";

std::string fault_of_address(const std::string& text) {
    if (net::parse_listen_address(text).how == net::listen_address::kind::plain) return net::check_listen_address(text);
    return text + ": expected HOST:PORT; with a certificate, all of them speak TLS";
}

std::string fault_of_rule(const std::string& text) {
    try {
        static_cast<void>(parse_rule(text));
        return {};
    } catch (const bad_rule& problem) {
        return problem.what();
    }
}

void add_addresses(CLI::App& command, gateway_options& into) {
    command.add_option("--listen", into.listen, "Where to listen; port 0 takes a free one; repeatable")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(fault_of_address, ""))
        ->allow_extra_args(false)
        ->capture_default_str();
    CLI::Option* const certificate =
        command
            .add_option("--tls-cert", into.certificate,
                        "Speak TLS with this certificate (PEM), and those that vouch for it behind it")
            ->type_name("FILE");
    CLI::Option* const key = command.add_option("--tls-key", into.key, "Its key (PEM)")->type_name("FILE");
    certificate->needs(key);
    key->needs(certificate);
}

void add_output(CLI::App& command, gateway_options& into) {
    const auto flag = [&](const char* name, shown what, const char* text) {
        return command.add_flag_callback(
            name, [&into, what] { into.output = what; }, text);
    };
    CLI::Option* const lines = flag("--print", shown::lines, "Print a line for each notification: the default");
    CLI::Option* const json = flag("--json", shown::json, "Print the body of each as it came, in one line");
    CLI::Option* const count = flag("--count", shown::counts, "Print once a second what has come in all");
    lines->excludes(json)->excludes(count);
    json->excludes(count);
}

void add_end(CLI::App& command, gateway_options& into) {
    const auto count = [&](const char* name, std::uint64_t& value, const char* text) {
        command.add_option(name, value, text)
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}).description(""))
            ->type_name("N");
    };
    command
        .add_option_function<double>(
            "--for", [&into](double seconds) { into.length = std::chrono::duration<double>(seconds); },
            "End after so long (default: at SIGTERM or SIGINT)")
        ->check(CLI::Range(0.001, 1e6).description(""))
        ->type_name("SECONDS");
    count("--requests", into.requests, "End after so many notifications");
    count("--pokes", into.pokes, "End after so many devices poked");
}

void add_rules(CLI::App& command, gateway_options& into) {
    command
        .add_option_function<std::vector<std::string>>(
            "--rule",
            [&into](const std::vector<std::string>& texts) {
                for (const std::string& each : texts) into.rules.push_back(parse_rule(each));
            },
            "How to answer, see below; repeatable")
        ->type_name("RULE")
        ->check(CLI::Validator(fault_of_rule, ""))
        ->allow_extra_args(false);
    command.add_option("--seed", into.seed, "Of what rules leave to chance: the same again with the same seed")
        ->type_name("N")
        ->capture_default_str();
    command.footer(rule_help);
}

int run_or_refuse(const gateway_options& options) {
    try {
        return run_gateway(options);
    } catch (const net::tls::unusable& problem) {
        throw CLI::ValidationError("--tls-cert", problem.what());
    }
}

}  // namespace

void add_gateway_command(CLI::App& root, gateway_options& into, int& status) {
    CLI::App& command = *root.add_subcommand("gateway", "Be a push gateway that shows what comes, and fails as told");
    add_addresses(command, into);
    add_output(command, into);
    add_end(command, into);
    add_rules(command, into);
    command.final_callback([&into, &status] { status = run_or_refuse(into); });
}

}  // namespace pusherd::bench
