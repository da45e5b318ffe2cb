#include "tests/net/wire.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace pusherd::testing {

bool eventually(const std::function<bool()>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

void wait_until_at_rest() {
    const auto all_sleep = [] {
        const std::string me = std::to_string(::gettid());
        for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
            if (task.path().filename() == me) continue;
            std::ifstream file(task.path() / "stat");
            std::string line;
            std::getline(file, line);
            const std::size_t end_of_name = line.rfind(") ");
            if (end_of_name != std::string::npos && line[end_of_name + 2] != 'S') return false;
        }
        return true;
    };
    BOOST_REQUIRE(eventually([&] { return all_sleep() && all_sleep(); }));
}

std::string chunked_set(std::string_view token, std::string_view body, std::size_t chunk_size,
                        std::string_view extension, std::string_view trailers) {
    std::ostringstream out;
    out << "POST " << set_path << " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " << token
        << "\r\nTransfer-Encoding: chunked\r\n\r\n"
        << std::hex;
    for (; !body.empty(); body.remove_prefix(std::min(chunk_size, body.size()))) {
        const std::string_view chunk = body.substr(0, chunk_size);
        out << chunk.size() << extension << "\r\n" << chunk << "\r\n";
    }
    out << "0\r\n" << trailers << "\r\n";
    return out.str();
}

std::string set_body_of_size(std::size_t bytes) {
    std::string body = pusher_body("org.example.app", "size" + std::to_string(bytes));
    body.insert(body.size() - 1, bytes - body.size(), ' ');
    return body;
}

std::string head_of_expecting_set(std::string_view token, std::size_t length) {
    return "POST " + set_path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + std::string(token) +
           "\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

void begin_set(http_connection& connection, std::string_view token, std::size_t length) {
    connection.send(head_of_expecting_set(token, length));
    BOOST_REQUIRE_EQUAL(connection.read_answer().status, 100);
}

std::string pushkeys_of(const answer& list) {
    std::string keys;
    const auto body = list.json();
    for (const auto& each : body.at("pushers").as_array()) keys += std::string(each.at("pushkey").as_string()) + ' ';
    return keys;
}

}  // namespace pusherd::testing
