#pragma once

#include "tests/support/http_client.hpp"

#include <boost/json/object.hpp>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pusherd::testing {

/// A request that a stub has received.
struct upstream_request {
    std::string method;
    std::string target;
    std::multimap<std::string, std::string> fields;  ///< names in lower case
    std::string body;
    std::uint64_t connection = 0;  ///< of those that the stub has accepted, counted from 1

    /// The value of a field that must be there once; "" if it is not, "several" if there are more.
    [[nodiscard]] std::string field(const std::string& lower_case_name) const;
};

/// What an endpoint is to say of a token.
struct upstream_answer {
    int status = 200;
    std::string body{};  ///< to the letter
    std::map<std::string, std::string> fields{};
    bool is_of_application_service = false;  ///< whoami: the query's user_id and device_id are who it is
    bool wants_device_id_header = false;     ///< introspection: inactive without X-MAS-Supports-Device-Id: 1
};

/// What is to go wrong, from now on. Kinds, by name: none, slow (by `delay`), held (until release()), http_500, wrong
/// (200, and no JSON), half_an_answer, no_answer, reset, closes_after_answer, closes_reused,
/// silent_reused.
struct upstream_fault {
    std::string kind = "none";
    std::chrono::milliseconds delay{};
    std::optional<unsigned> times{};  ///< so many requests; nothing: all
    std::string token{};              ///< those about this token, or pushkey; empty: all
};

/// A peer in a process of its own: a homeserver and an authentication service on one port of 127.0.0.1, which answer
/// what they are told. Any thread, one at a time.
class stub_upstream {
public:
    struct options {
        std::string base_path{};              ///< in front of the paths that it plays
        std::filesystem::path certificate{};  ///< speaks TLS by these, unless empty
        std::filesystem::path key{};
        secure_client* secure = nullptr;  ///< by which it is controlled then
        std::string client_id{};          ///< who may introspect: by HTTP Basic with these,
        std::string client_secret{};
        std::string bearer_secret{};  ///< or with this as a bearer token
    };

    explicit stub_upstream(options how);
    stub_upstream() : stub_upstream(options()) {}
    ~stub_upstream();

    stub_upstream(const stub_upstream&) = delete;
    stub_upstream& operator=(const stub_upstream&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    /// With the base path, and without a slash at its end.
    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const;
    [[nodiscard]] std::string introspection_url() const { return url() + "/oauth2/introspect"; }

    /// As by `kill -9`: its port refuses, its connections are gone.
    void stop();
    /// On the same port, with the same answers from its first one on, and without a fault. Its log is empty.
    void restart();

    void set_whoami(const std::string& token, const upstream_answer& answer) { set("whoami", token, answer); }
    void set_threepids(const std::string& token, const upstream_answer& answer) { set("3pid", token, answer); }
    void set_introspection(const std::string& token, const upstream_answer& answer) {
        set("introspect", token, answer);
    }
    /// What it says to a poke whose first device has this pushkey; else it takes it.
    void set_push(const std::string& pushkey, const upstream_answer& answer) { set("push", pushkey, answer); }
    /// A user's token, at whoami.
    void set_user(const std::string& token, std::string_view user, std::string_view device = {});
    /// Nobody knows this token any more.
    void forget(const std::string& token);

    void set_fault(const upstream_fault& fault);
    /// Ends the fault, and lets go of requests that are held.
    void release();
    /// Closes connections that are kept without a request; how many there were.
    std::uint64_t close_idle();

    /// Those that it has received since it started, or was told to forget them.
    [[nodiscard]] std::vector<upstream_request> requests() const;
    [[nodiscard]] std::size_t request_count() const { return requests().size(); }
    /// The same, and it is told to forget them.
    std::vector<upstream_request> take_requests();
    void forget_requests() { (void)take_requests(); }
    /// Waits until so many have come, and returns them. Throws if that takes very long.
    std::vector<upstream_request> wait_for_requests(std::size_t at_least) const;

private:
    enum class beginning : std::uint8_t { at_once, held };
    void start(std::uint16_t port, beginning how);
    void set(const std::string& endpoint, const std::string& token, const upstream_answer& answer);
    answer tell(std::string_view method, std::string_view what, const boost::json::object& body = {}) const;

    options how_;
    std::map<std::pair<std::string, std::string>, upstream_answer> told_;  // by endpoint and token
    pid_t pid_ = -1;
    int input_ = -1;  // it ends when this is closed
    std::uint16_t port_ = 0;
};

/// Tries until it is so; false if it does not come to be within two minutes.
[[nodiscard]] bool comes_true(const std::function<bool()>& condition);

}  // namespace pusherd::testing
