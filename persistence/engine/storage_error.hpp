#pragma once

#include "domain/fixed_text.hpp"

#include <exception>
#include <stdexcept>
#include <string_view>

/// Error contract of the whole layer: what is expected (not found, already there) is a return value; what should never
/// happen, such as a broken disk, a full map or a record that does not decode, is one of these exceptions.
namespace pusherd::persistence {

/// A call to LMDB or to the file system failed. what() says which call, why, and what to do about it. It needs no
/// memory: that there is none must not hide a broken environment.
class storage_error : public std::exception {
public:
    /// @param code an LMDB return code or an errno (lmdb.h, "Return Codes")
    /// @param call what failed, such as `mdb_txn_commit`
    storage_error(int code, std::string_view call) noexcept;

    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

    [[nodiscard]] int code() const noexcept { return code_; }

    /// The map has no room left: it can grow (`--map-size`).
    [[nodiscard]] bool is_map_full() const noexcept;

    /// The system refused a call for another reason than memory: the code is an errno, such as EIO or ENOSPC, not one
    /// of LMDB's own.
    [[nodiscard]] bool is_of_the_disk() const noexcept;

    /// LMDB has declared the environment broken (MDB_PANIC): only a new process can use it again.
    [[nodiscard]] bool is_fatal() const noexcept;

private:
    int code_;
    domain::fixed_text<256> text_;
};

/// The data folder cannot be used, or holds something that is not ours to touch. what() is one line for the operator.
class unusable_database : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A record that does not decode.
class corrupt_record : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws storage_error unless `code` is 0.
void check(int code, const char* call);

}  // namespace pusherd::persistence
