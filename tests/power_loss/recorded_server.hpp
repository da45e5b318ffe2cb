#pragma once

#include "tests/power_loss/image_check.hpp"
#include "tests/power_loss/recording.hpp"
#include "tests/support/crash_client.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pusherd::power_loss {

/// The real `pusherd`, its creation of the database included, recorded; and clients who know what they were promised.
class recorded_server {
public:
    explicit recorded_server(unsigned users);

    /// Starts `pusherd serve`. The first time, there is no data folder, nor the one that it is to lie in.
    /// @param variable what else the recorder is to do to it, and when: see log.hpp
    /// @return false if the process ended before it was ready
    bool start(const char* variable = nullptr, unsigned number = 0);

    /// Imports a token for each user, by a process of its own beside the server, and issues one for a homeserver.
    void import_tokens();

    /// Each user sets and deletes so often, all at once, and a homeserver hands over as many notifications; less if the
    /// server ends.
    void let_users_set(unsigned each);

    void stop();
    void kill();
    /// Waits for it to end by itself.
    [[nodiscard]] int wait_for_end();

    [[nodiscard]] recording& recorded() noexcept { return recording_; }
    /// What was promised so far. Only when nobody sets.
    [[nodiscard]] const promises& promised();
    /// Where an image of the recorded folder has its database.
    [[nodiscard]] static std::filesystem::path data_below(const std::filesystem::path& folder);
    /// What the log says that the files hold, and what they hold.
    [[nodiscard]] bool log_tells_all() const;

private:
    testing::process_end run(std::vector<std::string> command, const std::string& input = {});

    testing::temporary_folder temporary_;
    recording recording_;
    testing::crash_clock clock_;
    promises promises_;
    std::vector<testing::crash_client> users_;
    recorded_teller teller_;
    std::unique_ptr<testing::pusherd_process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace pusherd::power_loss
