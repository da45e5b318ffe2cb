#pragma once

#include "tests/model/model.hpp"
#include "tests/model/random_bodies.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pusherd::testing {

/// Random commands for the binary and for the model; throws where the two differ. The same seed gives the same
/// commands.
class model_run {
public:
    explicit model_run(std::uint64_t seed);

    void perform(int commands);

    /// Stops the server, and compares what the commands say of the database.
    void finish();

    /// The last commands, the newest last.
    [[nodiscard]] std::string history() const;

private:
    void step();
    void set();
    void remove();
    void set_invalid();
    void list();
    void issue();
    void revoke();
    void remove_user();
    void notify();
    void restart();

    void import_tokens();
    void start();
    void note(std::string what);
    void compare_answer(const answer& got, const expectation& wanted);
    void compare_list(const std::string& token);
    void compare_waiting_counts();
    void compare_what_waits();
    void compare_counts(const std::string& printed, const model::counts& wanted);
    [[nodiscard]] bool is_service_known() const;
    [[nodiscard]] std::string end_sessions(const std::string& body);
    void post(const std::string& token, const std::string& body, const expectation& wanted);
    [[nodiscard]] std::string some_token();
    [[nodiscard]] std::string some_user();
    [[nodiscard]] std::string some_device();
    [[nodiscard]] http_client& client_of(const std::string& token);
    void remember_dead(const std::vector<std::string>& tokens_before);

    random_source random_;
    model model_;
    pusherd_folder folder_;
    std::optional<pusherd_server> server_;
    std::map<std::string, http_client> clients_;
    std::string service_token_;
    std::vector<std::string> dead_tokens_{"never_issued"};
    std::deque<std::string> history_;
};

}  // namespace pusherd::testing
