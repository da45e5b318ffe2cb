#pragma once

#include "tests/system/auth/asking_server.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace pusherd::testing {

inline const std::string mas_secret = "shared-with-the-homeserver";
inline const std::string delete_device_path = "/_synapse/mas/delete_device";
inline const std::string sync_devices_path = "/_synapse/mas/sync_devices";
inline const std::string delete_user_path = "/_synapse/mas/delete_user";

inline const std::string deleted_phone = R"({"localpart":"alice","device_id":"PHONE"})";
inline const std::string web_alone = R"({"localpart":"alice","devices":["WEB"]})";
inline const std::string deleted_alice = R"({"localpart":"alice","erase":true})";

/// A pusherd of example.org that MAS may call, and a homeserver that it may relay to, or ask. Alice has a phone with
/// two tokens, a browser, and a token without a device, each with a pusher; an e-mail pusher; and a pusher of a
/// tablet's that was imported. Bob has a phone, too.
class mas_server {
public:
    /// @param more further options
    explicit mas_server(const options& more = {}) : mas_server(more, false) {}
    mas_server(const options& more, bool relays);

    [[nodiscard]] http_client as(const std::string& token) const { return server->client(token); }
    [[nodiscard]] answer list(const std::string& token) const { return as(token).get(); }
    /// A call of MAS's.
    answer call(const std::string& path, const std::string& body) const { return as(mas_secret).post(path, body); }
    /// The same, of which the answer is not read yet.
    [[nodiscard]] http_connection calling(const std::string& path, const std::string& body,
                                          std::string_view fields = {}) const;
    /// As by `kill -9`, and another on the same data.
    void kill_and_start_again();

    /// Which of the tokens are refused, by their names, each followed by a space.
    [[nodiscard]] std::string refused() const;
    /// Alice's pushkeys, each followed by a space, as a new token of hers shows them.
    [[nodiscard]] std::string left() const;

    pusherd_folder folder;
    stub_upstream homeserver{{.bearer_secret = mas_secret}};
    std::string phone = folder.issue("@alice:example.org", "PHONE");
    std::string phone_too = folder.issue("@alice:example.org", "PHONE");
    std::string web = folder.issue("@alice:example.org", "WEB");
    std::string nowhere = folder.issue("@alice:example.org");
    std::string bob = folder.issue("@bob:example.org", "PHONE");
    options given;
    std::unique_ptr<pusherd_server> server;
};

/// One that relays, and has time to wait.
struct relaying_mas_server : mas_server {
    relaying_mas_server() : mas_server({"--auth-timeout", "600"}, true) {}
};

}  // namespace pusherd::testing
