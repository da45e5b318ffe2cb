#include "app/service/registration_file.hpp"

#include "app/commands/commands.hpp"
#include "app/service/secret_file.hpp"
#include "app/service/user_expression.hpp"
#include "app/service/yaml_document.hpp"
#include "domain/sha256.hpp"
#include "domain/user_id.hpp"
#include "net/loaded_library.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace pusherd::app {
namespace {

std::string read_all(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string text;
    for (std::string part; std::getline(in, part, '\0');) {  // of which YAML has none: it is left for libyaml to say
        text += part;
        if (!in.eof()) text += '\0';
    }
    if (!in.is_open() || in.bad()) throw command_failed(file.string() + ": it cannot be read: " + std::strerror(errno));
    return text;
}

std::string_view required_text(const yaml_value& in, const std::string& name) {
    const auto text = in[name].text();
    if (!text || text->empty()) throw std::invalid_argument("it has no " + name);
    return *text;
}

domain::user_namespace read_namespace(const yaml_value& item) {
    const std::string regex(required_text(item, "regex"));
    try {
        return user_expression(regex);
    } catch (const std::invalid_argument& problem) {
        throw std::invalid_argument("the regex " + regex + " cannot be used: " + problem.what());
    }
}

std::vector<domain::user_namespace> read_users(const yaml_value& namespaces) {
    const yaml_value users = namespaces["users"];
    const auto items = users.items();
    if (!namespaces.is_mapping() && !namespaces.is_absent()) throw std::invalid_argument("namespaces is no mapping");
    if (!items && !users.is_absent()) throw std::invalid_argument("namespaces.users is no list");
    std::vector<domain::user_namespace> all;
    if (items)
        for (const yaml_value& each : *items) all.push_back(read_namespace(each));
    return all;
}

domain::application_service read(std::string_view text, const std::string& server_name) {
    yaml_document document(text);
    const yaml_value root = document.root();
    const std::string_view token = required_text(root, "as_token");
    if (!is_bearer_token(token)) throw std::invalid_argument("its as_token is none that a request could have");
    const std::string sender = '@' + std::string(required_text(root, "sender_localpart")) + ':' + server_name;
    if (!domain::is_user_id(sender) || domain::server_of(sender) != server_name)
        throw std::invalid_argument("its sender_localpart is none of a user of " + server_name);
    return {.token = domain::sha256(token), .sender = sender, .users = read_users(root["namespaces"])};
}

}  // namespace

domain::application_service read_registration(const std::filesystem::path& file, const std::string& server_name) {
    const std::string text = read_all(file);
    try {
        return read(text, server_name);
    } catch (const std::invalid_argument& problem) {
        throw unusable_arguments(file.string() + ": " + problem.what());
    } catch (const net::loaded_library::missing& problem) {
        throw command_failed("an application service's registration needs libyaml and PCRE2: " +
                             std::string(problem.what()));
    }
}

}  // namespace pusherd::app
