#include "app/service/inherited_sockets.hpp"

#include "app/commands/commands.hpp"
#include "app/metrics/server_metrics.hpp"
#include "app/service/systemd.hpp"
#include "net/server/inherited_socket.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

namespace pusherd::app {
namespace {

constexpr int first_inherited = 3;  // SD_LISTEN_FDS_START

/// What a name says of a socket.
struct known_name {
    std::string_view name;
    bool is_tls = false;
    net::surface offers = net::surface::api;
};

// What a unit of ours gives without a FileDescriptorName= is its own name.
constexpr std::array<known_name, 4> known_names{{{.name = "http"},
                                                 {.name = "pusherd.socket"},
                                                 {.name = "tls", .is_tls = true},
                                                 {.name = "metrics", .offers = net::surface::metrics}}};

// The parts between the colons: one name of nothing, if there is no colon.
std::vector<std::string> split_names(std::string_view text) {
    std::vector<std::string> names;
    for (;;) {
        const std::size_t colon = text.find(':');
        names.emplace_back(text.substr(0, colon));
        if (colon == std::string_view::npos) return names;
        text.remove_prefix(colon + 1);
    }
}

const known_name& look_up(const std::string& name) {
    const auto* const found = std::find_if(known_names.begin(), known_names.end(),
                                           [&name](const known_name& each) { return each.name == name; });
    if (found == known_names.end())
        throw unusable_arguments("there is an inherited socket named '" + name +
                                 "', which this pusherd cannot serve: FileDescriptorName= may be http, tls or metrics");
    if (found->offers == net::surface::metrics && !server_metrics::are_built_in())
        throw unusable_arguments("there is an inherited socket for metrics, and this pusherd was built without them");
    return *found;
}

// What the sockets are called; without names they are all for HTTP in the clear.
std::vector<std::string> names_of(std::size_t sockets) {
    const char* const text = std::getenv("LISTEN_FDNAMES");
    if (text == nullptr) return std::vector<std::string>(sockets, std::string(known_names.front().name));
    auto names = split_names(text);
    if (names.size() != sockets)
        throw unusable_arguments("LISTEN_FDNAMES names " + std::to_string(names.size()) + " of the " +
                                 std::to_string(sockets) + " inherited sockets");
    return names;
}

int count_inherited() {
    if (!names_this_process("LISTEN_PID")) return 0;
    const long long count = number_in("LISTEN_FDS");
    if (count < 0 || count > 1000) throw unusable_arguments("LISTEN_FDS does not tell how many sockets are inherited");
    return static_cast<int>(count);
}

void check_socket(int descriptor) {
    if (const std::string why = net::check_inherited_socket(descriptor); !why.empty())
        throw unusable_arguments("inherited descriptor " + std::to_string(descriptor) + " " + why);
}

}  // namespace

std::vector<net::inherited_socket> take_inherited_sockets() {
    std::vector<net::inherited_socket> sockets;
    const int count = count_inherited();
    const auto names = count == 0 ? std::vector<std::string>() : names_of(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const int descriptor = first_inherited + i;
        check_socket(descriptor);
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        const known_name& known = look_up(names[static_cast<std::size_t>(i)]);
        sockets.push_back({.descriptor = descriptor, .is_tls = known.is_tls, .offers = known.offers});
    }
    for (const char* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(variable);
    return sockets;
}

}  // namespace pusherd::app
