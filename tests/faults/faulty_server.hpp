#pragma once

#include "tests/faults/fault_injector.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pusherd::testing {

/// A set by one of the two users, or, without a body, a list.
struct user_request {
    bool by_bob = false;  ///< by alice otherwise
    std::string body{};
};

/// What is done while something fails.
struct operation {
    std::string name;
    user_request request;
    std::vector<user_request> preparation;  ///< so that there is something to be done, whatever was before
};

/// A server whose calls can be made to fail, with two users, and a look at all that they have.
class faulty_server {
public:
    explicit faulty_server(std::vector<std::string> options = {});

    /// Whatever has failed: without that, it ends in good order.
    ~faulty_server();

    faulty_server(const faulty_server&) = delete;
    faulty_server& operator=(const faulty_server&) = delete;

    [[nodiscard]] fault_injector& faults() noexcept { return faults_; }
    [[nodiscard]] pusherd_server& server() noexcept { return *server_; }
    [[nodiscard]] const pusherd_folder& folder() const noexcept { return folder_; }
    [[nodiscard]] const std::string& alice() const noexcept { return alice_; }
    [[nodiscard]] const std::string& bob() const noexcept { return bob_; }

    /// A new connection.
    [[nodiscard]] http_client client(const std::string& token) const { return server_->client(token); }

    [[nodiscard]] http_client client_for(const user_request& request) const {
        return client(request.by_bob ? bob_ : alice_);
    }

    /// Carries out what prepares an operation. Nothing may be armed.
    void prepare(const operation& what);

    /// What both users' lists show, and what verify() finds wrong, which is nothing. Nothing may be armed.
    [[nodiscard]] std::string state();

    /// Whether the server still does what needs nothing but the database.
    [[nodiscard]] bool answers_lists() const;

    /// How many descriptors the process has open.
    [[nodiscard]] std::size_t descriptors() const;

    /// Waits for the end, which has come by itself, and starts the server again.
    process_end end_and_restart();

private:
    void start();

    pusherd_folder folder_;
    fault_injector faults_{folder_.file("fault-orders")};
    std::vector<std::string> options_;
    std::string alice_ = folder_.issue("@alice:example.org");
    std::string bob_ = folder_.issue("@bob:example.org");
    std::unique_ptr<pusherd_server> server_;
    std::unique_ptr<http_client> as_alice_;
    std::unique_ptr<http_client> as_bob_;
};

/// All that a set may do, and a list.
[[nodiscard]] std::vector<operation> every_operation();

/// What has come of it: "200", "500 M_UNKNOWN", "no answer" and why; and for an error, what else is wrong with it.
[[nodiscard]] std::string perform(http_client& client, const std::string& body);

}  // namespace pusherd::testing
