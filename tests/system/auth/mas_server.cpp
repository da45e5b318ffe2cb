#include "tests/system/auth/mas_server.hpp"

#include <utility>

namespace pusherd::testing {
namespace {

// As a homeserver's: of a device that has no token here.
constexpr std::string_view tablets_pusher =
    R"({"user_id":"@alice:example.org","device_id":"TABLET","created_ts":1,"updated_ts":1,"kind":"http",)"
    R"("app_id":"org.example.app","pushkey":"tablet","app_display_name":"A","device_display_name":"D","lang":"en",)"
    R"("data":{"url":"https://push.example.org/_matrix/push/v1/notify"}})";

}  // namespace

mas_server::mas_server(const options& more, bool relays) {
    write_file(folder.file("secret"), mas_secret + "\n");
    folder.print({"import", "-"}, std::string(tablets_pusher) + '\n');
    given = of_example_org({"--mas-secret-file", folder.file("secret").string()});
    if (relays) given.insert(given.end(), {"--mas-upstream", homeserver.url()});
    given.insert(given.end(), more.begin(), more.end());
    server = std::make_unique<pusherd_server>(folder.data(), given);
    for (const auto& [token, key] :
         {std::pair(&phone, "phone"), std::pair(&web, "web"), std::pair(&nowhere, "nowhere"), std::pair(&bob, "bob")})
        BOOST_TEST(as(*token).set(pusher_body(app, key)).status == 200);
    BOOST_TEST(as(phone).set(email_body("alice@example.org")).status == 200);
}

http_connection mas_server::calling(const std::string& path, const std::string& body, std::string_view fields) const {
    http_connection connection(server->port());
    connection.send(request("POST", path, mas_secret, body, fields));
    return connection;
}

void mas_server::kill_and_start_again() {
    server->kill();
    server = std::make_unique<pusherd_server>(folder.data(), given);
}

std::string mas_server::refused() const {
    std::string names;
    for (const auto& [token, name] :
         {std::pair(&phone, "phone "), std::pair(&phone_too, "phone_too "), std::pair(&web, "web "),
          std::pair(&nowhere, "nowhere "), std::pair(&bob, "bob ")})
        if (verdict(list(*token)) == "401 M_UNKNOWN_TOKEN") names += name;
    return names;
}

std::string mas_server::left() const { return pushkeys_in(list(folder.issue("@alice:example.org"))); }

}  // namespace pusherd::testing
