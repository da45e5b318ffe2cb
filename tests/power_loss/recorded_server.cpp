#include "tests/power_loss/recorded_server.hpp"

#include "tests/power_loss/crash_plan.hpp"
#include "tests/support/files.hpp"

#include <signal.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace pusherd::power_loss {
namespace {

namespace fs = std::filesystem;

fs::path make_folder(const fs::path& path) {
    fs::create_directory(path);
    return path;
}

constexpr unsigned most_told = 40;             // twice that is less than a queue takes
constexpr const char* small_map = "33554432";  // every image is mapped

}  // namespace

recorded_server::recorded_server(unsigned users)
    : recording_(make_folder(temporary_.path() / "recorded"), temporary_.path() / "log"),
      clock_([this] { return recording_.position(); }) {
    for (unsigned i = 0; i < users; ++i) {
        promises_.tokens.push_back("token-" + std::to_string(i));
        users_.emplace_back(i, promises_.tokens.back());
    }
}

fs::path recorded_server::data_below(const fs::path& folder) { return folder / "new" / "data"; }

bool recorded_server::start(const char* variable, unsigned number) {
    process_ = std::make_unique<testing::pusherd_process>(
        testing::invocation{{"serve", "--data", data_below(recording_.folder()).string(), "--listen", "127.0.0.1:0",
                             "--set-rate", "0", "--map-size", small_map, "--pokes", "off"},
                            recording_.environment(variable, number)});
    try {
        port_ = testing::port_in(process_->wait_for_line("listening on "));
    } catch (const std::runtime_error&) {
        return false;
    }
    return true;
}

void recorded_server::import_tokens() {
    std::string lines;
    for (std::size_t i = 0; i < users_.size(); ++i) lines += promises_.tokens[i] + '\t' + users_[i].user() + '\n';
    lines.append(recorded_teller::users_token).append("\t").append(told_user).append("\n");
    (void)run({"token", "import", "-"}, lines);
    promises_.imported = clock_.now();
    const std::string printed = run({"token", "issue", "--service", "homeserver"}).out;
    teller_.use_token(printed.substr(0, printed.find('\n')));
}

testing::process_end recorded_server::run(std::vector<std::string> command, const std::string& input) {
    command.insert(command.end(), {"--data", data_below(recording_.folder()).string()});
    const testing::process_end end = testing::run_pusherd({command, recording_.environment(), input});
    if (end.status != 0) throw std::runtime_error("a command failed: " + end.err);
    return end;
}

void recorded_server::let_users_set(unsigned each) {
    std::vector<std::thread> threads;
    for (testing::crash_client& user : users_)
        threads.emplace_back([&, left = each]() mutable { user.run(port_, clock_, [&left] { return --left > 0; }); });
    threads.emplace_back([&] { teller_.run(port_, clock_, std::min(each, most_told)); });
    for (std::thread& thread : threads) thread.join();
}

void recorded_server::stop() {
    process_->signal(SIGTERM);
    if (process_->wait().status != 0) throw std::runtime_error("pusherd has failed: " + process_->errors());
}

void recorded_server::kill() {
    recording_.kill(process_->pid());
    process_->wait();
}

int recorded_server::wait_for_end() { return process_->wait().status; }

const promises& recorded_server::promised() {
    for (testing::crash_client& user : users_) promises_.history.add(user.take_sets());
    promises_.told = teller_.told();
    return promises_;
}

bool recorded_server::log_tells_all() const {
    const auto steps = steps_of(recording_.events());
    image told = replay(steps, recording_.folder_inode()).advance_to(steps.size()).as_cached();
    image found = testing::contents_of(recording_.folder());
    // What LMDB writes into its lock file through a mapping is not in the log, and says nothing after a loss of power.
    for (image* each : {&told, &found})
        for (auto& [path, bytes] : *each)
            if (path.ends_with("/lock.mdb")) bytes.clear();
    return told == found;
}

}  // namespace pusherd::power_loss
