#pragma once

#include "persistence/files/file_calls.hpp"

#include <filesystem>
#include <vector>

namespace pusherd::persistence {

/// The name of what is going to be a backup's data.mdb, and what a broken-off one leaves.
inline constexpr const char* partial_backup_name = "data.mdb.partial";

/// The folder of a backup while it is being made. Its file has a name that nobody takes for a database's until
/// complete(); without that, the destructor removes what was made. Nobody creates a database there: inspect() refuses.
class backup_folder {
public:
    /// Creates the folder, 0700, and those above it if need be, and an empty file in it, 0600, whatever the umask. Run
    /// as root, it gives them to the data folder's owner. A folder that exists has to be empty.
    /// Throws unusable_database, with one line for the operator, and leaves what it refuses untouched: what is not
    /// empty, a symbolic link, the data folder and what lies in it.
    backup_folder(const std::filesystem::path& folder, const std::filesystem::path& data);
    ~backup_folder();

    backup_folder(const backup_folder&) = delete;
    backup_folder& operator=(const backup_folder&) = delete;

    /// The file, open for writing.
    [[nodiscard]] int file() const noexcept { return file_.get(); }

    /// Makes the file a database's: it, its name and the folder's are on disk when this returns. Throws
    /// unusable_database.
    void complete();

private:
    explicit backup_folder(const std::filesystem::path& folder);

    void create();
    void open();
    void create_file();
    void give_to_owner_of(const std::filesystem::path& data);

    std::filesystem::path folder_;
    std::vector<std::filesystem::path> created_;  // from the top
    descriptor opened_;                           // the folder
    descriptor file_;
    const char* file_name_ = partial_backup_name;
    bool is_complete_ = false;
};

}  // namespace pusherd::persistence
