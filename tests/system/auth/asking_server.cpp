#include "tests/system/auth/asking_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace pusherd::testing {

namespace json = boost::json;

options of_example_org(options more) {
    more.insert(more.end(), {"--server-name", "example.org", "--set-rate", "0"});
    return more;
}

options asking_homeserver(const stub_upstream& homeserver, const options& more) {
    options all = of_example_org({"--auth", "homeserver:" + homeserver.url()});
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::string verdict(const answer& got) {
    return got.status == 200 ? "200" : std::to_string(got.status) + ' ' + got.errcode();
}

void check_unavailable(const answer& got) {
    BOOST_TEST(verdict(got) == "503 M_UNKNOWN");
    const auto seconds = numbers_in(got.field("retry-after"));
    BOOST_TEST((seconds.size() == 1 && seconds.front() > 0), "Retry-After: " << got.field("retry-after"));
}

upstream_answer active(std::string_view username, std::string_view scope, const json::object& more) {
    json::object told{{"active", true}, {"scope", scope}, {"username", username}, {"sub", "01J7Z0"}};
    for (const auto& [name, value] : more) told[name] = value;
    return {.body = json::serialize(told)};
}

upstream_answer matrix_error(int status, std::string_view errcode, std::string_view text, const json::object& more) {
    json::object told{{"errcode", errcode}, {"error", text}};
    for (const auto& [name, value] : more) told[name] = value;
    return {.status = status, .body = json::serialize(told)};
}

std::string email_body(std::string_view address) {
    json::object body = json::parse(pusher_body("m.email", address)).as_object();
    body["kind"] = "email";
    body["data"] = json::object();
    return json::serialize(body);
}

std::string devices_in(const answer& list) {
    std::string devices;
    const json::value body = list.json();
    for (const json::value& item : body.at("pushers").as_array()) {
        const json::value& device = item.at("device_id");
        (devices += device.is_null() ? "none" : device.as_string().c_str()) += ' ';
    }
    return devices;
}

std::string service_token(const pusherd_folder& folder) {
    std::string token = folder.print({"token", "issue", "--service", "homeserver"});
    token.pop_back();
    return token;
}

http_connection asking_server::listing(const std::string& token) const {
    http_connection connection(server.port());
    connection.send(request("GET", list_path, token));
    return connection;
}

void asking_server::check_all_is_well() {
    const std::string token = "good" + std::to_string(++fresh_);
    homeserver.set_user(token, "@good:example.org", "GOOD");
    BOOST_TEST(verdict(list(token)) == "200");
}

}  // namespace pusherd::testing
