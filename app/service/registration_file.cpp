#include "app/service/registration_file.hpp"

#include "app/commands/commands.hpp"
#include "app/service/yaml_document.hpp"
#include "domain/loaded_library.hpp"
#include "domain/sha256.hpp"
#include "domain/user_id.hpp"

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
    if (in) std::getline(in, text, '\0');  // of which YAML has none
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
        return domain::user_namespace(regex);
    } catch (const std::invalid_argument& problem) {
        throw std::invalid_argument("the regex " + regex + " cannot be used: " + problem.what());
    }
}

std::vector<domain::user_namespace> read_users(const yaml_value& namespaces) {
    const yaml_value users = namespaces["users"];
    const auto items = users.items();
    const bool has_wrong_type = !items && !users.is_absent();
    if (has_wrong_type || (!namespaces.is_mapping() && !namespaces.is_absent()))
        throw std::invalid_argument("namespaces.users is no list");
    std::vector<domain::user_namespace> all;
    if (items)
        for (const yaml_value& each : *items) all.push_back(read_namespace(each));
    return all;
}

domain::application_service read(std::string_view text, const std::string& server_name) {
    yaml_document document(text);
    const yaml_value root = document.root();
    domain::application_service read{
        .token = domain::sha256(required_text(root, "as_token")), .sender = {}, .users = {}};
    const std::string localpart(required_text(root, "sender_localpart"));
    read.sender = '@' + localpart + ':' + server_name;
    if (!domain::is_user_id(read.sender) || domain::server_of(read.sender) != server_name)
        throw std::invalid_argument("its sender_localpart is none of a user of " + server_name);
    read.users = read_users(root["namespaces"]);
    return read;
}

}  // namespace

domain::application_service read_registration(const std::filesystem::path& file, const std::string& server_name) {
    const std::string text = read_all(file);
    try {
        return read(text, server_name);
    } catch (const std::invalid_argument& problem) {
        throw unusable_arguments(file.string() + ": " + problem.what());
    } catch (const domain::loaded_library::missing& problem) {
        throw command_failed("an application service's registration needs libyaml and PCRE2: " +
                             std::string(problem.what()));
    }
}

}  // namespace pusherd::app
