#include "tests/support/pusherd_folder.hpp"

#include <boost/json/parse.hpp>
#include <signal.h>

#include <algorithm>
#include <stdexcept>

namespace pusherd::testing {
namespace {

invocation serve_on(const std::filesystem::path& data, const std::vector<std::string>& options,
                    const std::map<std::string, std::string>& environment) {
    invocation how{{"serve", "--data", data.string(), "--listen", "127.0.0.1:0"}, environment};
    // Most tests set pushers at gateways that are nobody's: nothing is to be looked up, or sent, for these.
    if (std::find(options.begin(), options.end(), "--pokes") == options.end())
        how.arguments.insert(how.arguments.end(), {"--pokes", "off"});
    how.arguments.insert(how.arguments.end(), options.begin(), options.end());
    return how;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

pusherd_server::pusherd_server(const std::filesystem::path& data, const std::vector<std::string>& options,
                               const std::map<std::string, std::string>& environment)
    : process_(serve_on(data, options, environment)), port_(port_in(process_.wait_for_line("listening on "))) {}

const process_end& pusherd_server::stop() {
    process_.signal(SIGTERM);
    return process_.wait();
}

void pusherd_server::kill() {
    process_.signal(SIGKILL);
    process_.wait();
}

process_end pusherd_folder::run(std::vector<std::string> command, const std::string& input) const {
    command.insert(command.end(), {"--data", data().string()});
    return run_pusherd({.arguments = std::move(command), .input = input});
}

std::string pusherd_folder::print(const std::vector<std::string>& command, const std::string& input) const {
    const process_end end = run(command, input);
    if (end.status != 0) throw std::runtime_error(command.front() + " failed: " + end.err);
    return end.out;
}

std::string pusherd_folder::issue(const std::string& user, const std::string& device) const {
    std::vector<std::string> command{"token", "issue", user};
    if (!device.empty()) command.insert(command.end(), {"--device", device});
    std::string token = print(command);
    if (!token.empty()) token.pop_back();
    return token;
}

std::uint64_t pusherd_folder::stat(std::string_view name) const {
    const auto all = boost::json::parse(print({"stat", "--json"}));
    return all.at(name).to_number<std::uint64_t>();
}

std::vector<std::uint64_t> numbers_in(std::string_view text) {
    std::vector<std::uint64_t> found;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (is_digit(text[i])) {
            if (i == 0 || !is_digit(text[i - 1])) found.push_back(0);
            found.back() = found.back() * 10 + static_cast<std::uint64_t>(text[i] - '0');
        }
    return found;
}

std::string pushkeys_in(const answer& list) {
    std::string keys;
    const auto body = list.json();
    for (const auto& item : body.at("pushers").as_array()) (keys += item.at("pushkey").as_string().c_str()) += ' ';
    return keys;
}

}  // namespace pusherd::testing
