#include "tests/support/exchange_recorder.hpp"

#include "tests/support/http_client.hpp"
#include "tests/support/sent_requests.hpp"

#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

namespace pusherd::testing {
namespace {

namespace json = boost::json;

/// The file of this process: each line is one write to its end.
class exchange_file {
public:
    /// None if nobody wants one.
    static exchange_file* ours() {
        static const char* const folder = std::getenv("PUSHERD_EXCHANGES");
        if (folder == nullptr || *folder == '\0') return nullptr;
        static exchange_file file(std::string(folder) + '/' + std::to_string(::getpid()) + ".ndjson");
        return &file;
    }

    void write(std::string line) {
        line += '\n';
        if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail();
    }

private:
    explicit exchange_file(const std::string& path)
        : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
        if (file_ < 0) fail();
    }

    [[noreturn]] static void fail() {
        throw std::system_error(errno, std::generic_category(), "PUSHERD_EXCHANGES: writing down an exchange");
    }

    int file_;
};

json::object to_json(const answer& got) {
    json::array fields;
    for (const auto& [name, value] : got.fields) fields.push_back(json::array{name, value});
    return {{"status", got.status}, {"fields", std::move(fields)}, {"answer", got.body}};
}

struct conversation {
    std::string listener;
    sent_requests unanswered;
};

std::mutex conversations_mutex;
std::map<int, conversation> conversations;  // by socket

std::mutex servers_mutex;
std::map<std::uint16_t, std::size_t> servers;  // how many have begun to listen, by port

}  // namespace

namespace exchange_recorder {

void began_to_listen(std::uint16_t port) {
    const std::scoped_lock lock(servers_mutex);
    ++servers[port];
}

std::string listener_at(std::uint16_t port) {
    const std::scoped_lock lock(servers_mutex);
    return "127.0.0.1:" + std::to_string(port) + ", server " + std::to_string(servers[port]);
}

void begin(int socket, std::string listener) {
    if (exchange_file::ours() == nullptr) return;
    const std::scoped_lock lock(conversations_mutex);
    conversations[socket] = {std::move(listener), {}};
}

void sent(int socket, std::string_view bytes) {
    if (exchange_file::ours() == nullptr) return;
    const std::scoped_lock lock(conversations_mutex);
    conversations[socket].unanswered.add(bytes);
}

void answered(int socket, const answer& got) {
    if (exchange_file::ours() == nullptr || got.status == 100) return;  // which is no answer yet
    json::object exchange = to_json(got);
    const std::scoped_lock lock(conversations_mutex);
    conversation& with = conversations[socket];
    exchange["listener"] = with.listener;
    if (const auto asked = with.unanswered.take()) {
        if (asked->target.starts_with("/_stub/")) return;  // what a test tells its own peer
        exchange["method"] = asked->method;
        exchange["target"] = asked->target;
        exchange["body"] = asked->body;
    }
    exchange_file::ours()->write(json::serialize(exchange));
}

void end(int socket) {
    if (exchange_file::ours() == nullptr) return;
    const std::scoped_lock lock(conversations_mutex);
    conversations.erase(socket);
}

}  // namespace exchange_recorder
}  // namespace pusherd::testing
