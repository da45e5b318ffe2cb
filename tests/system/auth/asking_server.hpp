#pragma once

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"
#include "tests/support/stub_upstream.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What tests of external validation share: a pusherd of example.org that asks a stub.
namespace pusherd::testing {

using options = std::vector<std::string>;

inline const std::string app = "org.example.app";
inline const std::string list_path = "/_matrix/client/v3/pushers";
inline const std::string set_path = "/_matrix/client/v3/pushers/set";
inline const std::string whoami_path = "/_matrix/client/v3/account/whoami";
inline const std::string threepid_path = "/_matrix/client/v3/account/3pid";
inline const std::string scope_of_clients = "urn:matrix:client:api:*";

/// What a serving pusherd has to be told, whomever it asks.
[[nodiscard]] options of_example_org(options more);
/// And to ask a homeserver.
[[nodiscard]] options asking_homeserver(const stub_upstream& homeserver, const options& more = {});

/// 200, or the status and the errcode.
[[nodiscard]] std::string verdict(const answer& got);

/// That the upstream cannot be asked: nobody is logged out by this answer, and it is worth another try.
void check_unavailable(const answer& got);

/// What introspection says of a user's token.
[[nodiscard]] upstream_answer active(std::string_view username, std::string_view scope,
                                     const boost::json::object& more = {});

/// An error of the homeserver's.
[[nodiscard]] upstream_answer matrix_error(int status, std::string_view errcode, std::string_view text = "Told so",
                                           const boost::json::object& more = {});

/// The body of a set of an email pusher.
[[nodiscard]] std::string email_body(std::string_view address);

/// The devices of a list's pushers, in its order, each followed by a space; "none" where there is none.
[[nodiscard]] std::string devices_in(const answer& list);

/// The folder's new token of a service.
[[nodiscard]] std::string service_token(const pusherd_folder& folder);

/// A pusherd that asks a homeserver, which tests begin with.
struct asking_server {
    explicit asking_server(const options& more = {})
        : service(service_token(folder)), server(folder.data(), asking_homeserver(homeserver, more)) {}

    [[nodiscard]] http_client as(const std::string& token) const { return server.client(token); }
    [[nodiscard]] answer list(const std::string& token) const { return as(token).get(); }
    /// A request for a list, of which the answer is not read yet.
    [[nodiscard]] http_connection listing(const std::string& token) const;
    /// A user's token that is asked for the first time, and good: the upstream works, and is known to.
    void check_all_is_well();
    /// A homeserver's word that sessions have ended; what it is answered.
    answer end_sessions(const std::string& body) const { return as(service).post("/_pusherd/v1/sessions/end", body); }

    pusherd_folder folder;
    std::string service;
    stub_upstream homeserver;
    pusherd_server server;

private:
    unsigned fresh_ = 0;
};

}  // namespace pusherd::testing
