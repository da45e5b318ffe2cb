#include "bench/load/bench_users.hpp"

#include <fmt/format.h>

#include <fstream>

namespace pusherd::bench {
namespace {

constexpr std::string_view app_id = "org.example.bench";

// As long as those that push services hand out, and no two of them alike in their first bytes.
std::string pushkey(std::size_t user, std::size_t pusher) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;  // multiplied by it, consecutive numbers scatter
    return fmt::format("{:016x}-{}-bench-pushkey-{:08}-APA91bHPRgkF3JUikC4EN", (user + 1) * odd, pusher, user);
}

std::string body_with(const std::string& pushkey, std::uint64_t revision) {
    return fmt::format(
        R"({{"kind":"http","app_id":"{}","pushkey":"{}","app_display_name":"Bench","device_display_name":)"
        R"("Device {:016}","lang":"en","data":{{"url":"https://push.example.org/_matrix/push/v1/notify",)"
        R"("format":"event_id_only"}}}})",
        app_id, pushkey, revision);
}

}  // namespace

std::string user_id(std::size_t user) { return fmt::format("@bench{:08}:localhost", user); }

std::string set_body(std::size_t user, std::size_t pusher, std::uint64_t revision) {
    return body_with(pushkey(user, pusher), revision);
}

std::string shared_set_body(std::size_t user, std::uint64_t revision) {
    constexpr std::size_t nobody = 1'000'000'000;  // the keys are no user's own
    return body_with(pushkey(nobody + user % shared_keys, 0), revision);
}

std::string removal_body(std::size_t user, std::size_t pusher) {
    return fmt::format(R"({{"kind":null,"app_id":"{}","pushkey":"{}"}})", app_id, pushkey(user, pusher));
}

std::vector<std::string> read_tokens(const std::filesystem::path& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw bad_token_file(file.string() + ": cannot be opened");
    std::vector<std::string> tokens;
    for (std::string line; (most == 0 || tokens.size() < most) && std::getline(in, line);) {
        line.resize(std::min(line.find_first_of("\t\r"), line.size()));
        if (!line.empty()) tokens.push_back(line);
    }
    if (in.bad()) throw bad_token_file(file.string() + ": cannot be read");
    if (tokens.empty()) throw bad_token_file(file.string() + ": no token in it");
    return tokens;
}

}  // namespace pusherd::bench
