#include "tests/support/stub_upstream.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace pusherd::testing {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds patience{120};  // far more than anything takes, even with a sanitizer
constexpr std::chrono::milliseconds between_tries{5};

[[noreturn]] void fail(const char* call, int problem = errno) {
    throw std::system_error(problem, std::generic_category(), call);
}

std::array<int, 2> new_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
    return ends;
}

std::vector<std::string> command_line(const stub_upstream::options& how, std::uint16_t port) {
    std::vector<std::string> line{STUB_UPSTREAM_BINARY, "--port", std::to_string(port)};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) line.push_back(std::string(name) + '=' + value);
    };
    add("--base-path", how.base_path);
    add("--tls-cert", how.certificate.string());
    add("--tls-key", how.key.string());
    add("--client-id", how.client_id);
    add("--client-secret", how.client_secret);
    add("--bearer-secret", how.bearer_secret);
    return line;
}

pid_t spawn(std::vector<std::string> line, int input, int output) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    std::vector<char*> arguments;
    for (std::string& each : line) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int problem = ::posix_spawn(&pid, arguments.front(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (problem != 0) fail("posix_spawn", problem);
    return pid;
}

// Empty: it has ended without one.
std::string read_line(int from) {
    std::string line;
    for (char byte = 0; byte != '\n';) {
        const ssize_t got = ::read(from, &byte, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return {};
        line += byte;
    }
    return line;
}

void wait_for_end_of(pid_t process) {
    while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::string text(const json::value& value) {
    const json::string& bytes = value.as_string();
    return {bytes.data(), bytes.size()};
}

std::string lower(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return name;
}

upstream_request request_from(const json::value& told) {
    upstream_request made{.method = text(told.at("method")),
                          .target = text(told.at("target")),
                          .fields = {},
                          .body = text(told.at("body")),
                          .connection = told.at("connection").to_number<std::uint64_t>()};
    for (const json::value& field : told.at("fields").as_array())
        made.fields.emplace(lower(text(field.at(0))), text(field.at(1)));
    return made;
}

}  // namespace

bool comes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(between_tries);
    }
    return true;
}

std::string upstream_request::field(const std::string& lower_case_name) const {
    if (fields.count(lower_case_name) > 1) return "several";
    const auto found = fields.find(lower_case_name);
    return found == fields.end() ? "" : found->second;
}

stub_upstream::stub_upstream(options how) : how_(std::move(how)) {
    start(0, beginning::at_once);
    if (pid_ < 0) throw std::runtime_error("the stub does not start");
}

stub_upstream::~stub_upstream() { stop(); }

// Leaves pid_ alone if the process ends at once: its port is taken.
void stub_upstream::start(std::uint16_t port, beginning how) {
    const auto [input_read, input_write] = new_pipe();
    const auto [output_read, output_write] = new_pipe();
    std::vector<std::string> arguments = command_line(how_, port);
    if (how == beginning::held) arguments.emplace_back("--starts-held");
    const pid_t pid = spawn(std::move(arguments), input_read, output_write);
    ::close(input_read);
    ::close(output_write);
    const std::string line = read_line(output_read);
    ::close(output_read);
    if (line.empty()) {
        ::close(input_write);
        wait_for_end_of(pid);
        return;
    }
    port_ = static_cast<std::uint16_t>(std::stoul(line.substr(line.rfind(':') + 1)));
    pid_ = pid;
    input_ = input_write;
}

void stub_upstream::stop() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait_for_end_of(std::exchange(pid_, -1));
    ::close(std::exchange(input_, -1));
}

void stub_upstream::restart() {
    stop();
    // Somebody's outgoing connection may have been given the port meanwhile.
    const bool has_started = comes_true([this] {
        start(port_, beginning::held);
        return pid_ > 0;
    });
    if (!has_started) throw std::runtime_error("the stub does not get its port back");
    const auto told = std::exchange(told_, {});
    for (const auto& [what, answer] : told) set(what.first, what.second, answer);
    release();
}

std::string stub_upstream::url(const std::string& host) const {
    const char* scheme = how_.certificate.empty() ? "http://" : "https://";
    return scheme + host + ':' + std::to_string(port_) + how_.base_path;
}

answer stub_upstream::tell(std::string_view method, std::string_view what, const json::object& body) const {
    http_client client(port_, {}, how_.secure);
    answer got = client.send(method, "/_stub/" + std::string(what), json::serialize(body));
    if (got.status != 200) throw std::runtime_error("the stub refuses: " + got.body);
    return got;
}

void stub_upstream::set(const std::string& endpoint, const std::string& token, const upstream_answer& answer) {
    json::object fields;
    for (const auto& [name, value] : answer.fields) fields[name] = value;
    tell("PUT", "answer",
         {{"endpoint", endpoint},
          {"token", token},
          {"status", answer.status},
          {"body", answer.body},
          {"fields", fields},
          {"is_of_application_service", answer.is_of_application_service},
          {"wants_device_id_header", answer.wants_device_id_header}});
    told_[{endpoint, token}] = answer;
}

void stub_upstream::set_user(const std::string& token, std::string_view user, std::string_view device) {
    json::object who{{"user_id", user}};
    if (!device.empty()) who["device_id"] = device;
    set_whoami(token, {.body = json::serialize(who)});
}

void stub_upstream::forget(const std::string& token) {
    tell("DELETE", "answer", {{"token", token}});
    std::erase_if(told_, [&](const auto& each) { return each.first.second == token; });
}

void stub_upstream::set_fault(const upstream_fault& fault) {
    json::object told{{"kind", fault.kind}, {"delay_ms", fault.delay.count()}, {"token", fault.token}};
    if (fault.times) told["times"] = *fault.times;
    tell("PUT", "fault", told);
}

void stub_upstream::release() { tell("POST", "release"); }

std::uint64_t stub_upstream::close_idle() {
    return tell("POST", "close_idle").json().at("closed").to_number<std::uint64_t>();
}

namespace {

std::vector<upstream_request> requests_in(const answer& told) {
    std::vector<upstream_request> all;
    const json::value body = told.json();
    for (const json::value& each : body.at("requests").as_array()) all.push_back(request_from(each));
    return all;
}

}  // namespace

std::vector<upstream_request> stub_upstream::requests() const { return requests_in(tell("GET", "requests")); }

std::vector<upstream_request> stub_upstream::take_requests() { return requests_in(tell("DELETE", "requests")); }

std::vector<upstream_request> stub_upstream::wait_for_requests(std::size_t at_least) const {
    std::vector<upstream_request> all;
    const bool have_come = comes_true([&] { return (all = requests()).size() >= at_least; });
    if (!have_come) throw std::runtime_error("the stub received " + std::to_string(all.size()) + " requests alone");
    return all;
}

}  // namespace pusherd::testing
