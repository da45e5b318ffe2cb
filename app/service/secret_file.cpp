#include "app/service/secret_file.hpp"

#include "app/commands/commands.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace pusherd::app {

std::string read_secret(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string secret;
    std::getline(in, secret);
    if (!in && secret.empty()) throw command_failed(file.string() + ": no secret can be read: " + std::strerror(errno));
    if (secret.ends_with('\r')) secret.pop_back();
    const bool can_be_sent = std::all_of(secret.begin(), secret.end(), [](char c) { return c >= ' ' && c != '\x7f'; });
    if (secret.empty() || !can_be_sent) throw command_failed(file.string() + ": its first line is no secret");
    return secret;
}

}  // namespace pusherd::app
