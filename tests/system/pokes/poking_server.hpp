#pragma once

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"
#include "tests/support/stub_upstream.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tls/test_certificate.hpp"
#include "tests/support/tls/tls_client.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What tests of pokes share: a pusherd, and a push gateway that is reached by TLS as one on the Internet would be.
namespace pusherd::testing {

using options = std::vector<std::string>;

inline const std::string alice = "@alice:example.org";
inline const std::string app = "org.example.app";
inline const std::string health_path = "/_pusherd/v1/pushers";

/// A push gateway, and who vouches for its certificate.
class test_gateway {
public:
    /// @param what of its certificate
    explicit test_gateway(const test_certificate::description& what = {}, bool is_vouched_for = true);

    [[nodiscard]] stub_upstream& stub() noexcept { return stub_; }
    [[nodiscard]] std::string url(const std::string& host = "localhost") const;

    /// Options of a pusherd that may connect to it, and trusts its authority.
    [[nodiscard]] options allowed() const;

private:
    temporary_folder files_;
    test_certificate authority_;
    tls_client secure_;
    stub_upstream stub_;
};

/// A pusherd with one user, and what a homeserver and that user do.
class poking_server {
public:
    explicit poking_server(const options& more = {}, const test_certificate::description& what = {},
                           bool is_vouched_for = true);

    [[nodiscard]] test_gateway& gateway() noexcept { return gateway_; }
    [[nodiscard]] stub_upstream& stub() noexcept { return gateway_.stub(); }
    [[nodiscard]] pusherd_server& server() noexcept { return *server_; }
    [[nodiscard]] const pusherd_folder& folder() const noexcept { return folder_; }
    void start() { server_.emplace(folder_.data(), options_); }
    void kill() { server_->kill(); }

    /// Sets a pusher of alice's that is at the gateway.
    /// @param more of its `data`
    void set(std::string_view pushkey, const boost::json::object& more = {}, const boost::json::object& besides = {});
    [[nodiscard]] answer try_to_set(std::string_view pushkey, const boost::json::object& more = {},
                                    const boost::json::object& besides = {});

    /// Hands over a notification for alice, and says how many were queued.
    std::uint64_t notify(const boost::json::object& notification, const boost::json::object& tweaks = {});
    std::uint64_t notify(std::string_view event_id) { return notify({{"event_id", event_id}}); }
    [[nodiscard]] answer post_notify(std::string_view body) { return as_service().post("/_pusherd/v1/notify", body); }

    [[nodiscard]] http_client as_alice() { return server_->client(token_); }
    [[nodiscard]] http_client as_service() { return server_->client(service_); }

    /// How alice's pusher does, as she sees it; null: she has none.
    [[nodiscard]] boost::json::value health_of(std::string_view pushkey);
    [[nodiscard]] std::string state_of(std::string_view pushkey);
    [[nodiscard]] boost::json::array tombstones();
    /// Waits until it is so.
    void wait_for_state(std::string_view pushkey, std::string_view state);
    /// Waits until nothing waits for it any more.
    void wait_until_sent(std::string_view pushkey);

private:
    test_gateway gateway_;
    pusherd_folder folder_;
    std::string token_;
    std::string service_;
    options options_;
    std::optional<pusherd_server> server_;
};

/// The body of a poke.
[[nodiscard]] boost::json::object notification_in(const upstream_request& poke);
/// Its event_id; "" if it has none.
[[nodiscard]] std::string event_in(const upstream_request& poke);
/// Its devices' pushkeys, each followed by a space.
[[nodiscard]] std::string pushkeys_in(const upstream_request& poke);
/// The events of all pokes, each followed by a space.
[[nodiscard]] std::string events_in(const std::vector<upstream_request>& pokes);

}  // namespace pusherd::testing
