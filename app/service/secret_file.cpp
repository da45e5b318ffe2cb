#include "app/service/secret_file.hpp"

#include "app/commands/commands.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace pusherd::app {

bool is_bearer_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string read_secret(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string secret;
    std::getline(in, secret);
    if (!in.is_open() || in.bad())
        throw command_failed(file.string() + ": no secret can be read: " + std::strerror(errno));
    if (secret.ends_with('\r')) secret.pop_back();
    const bool can_be_sent = std::all_of(secret.begin(), secret.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (secret.empty() || !can_be_sent) throw command_failed(file.string() + ": its first line is no secret");
    return secret;
}

}  // namespace pusherd::app
