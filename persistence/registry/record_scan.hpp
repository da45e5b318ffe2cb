#pragma once

#include "persistence/engine/storage_error.hpp"
#include "persistence/engine/transaction.hpp"

#include <string_view>

namespace pusherd::persistence {

/// Checks every entry of a table, and goes on after one that is corrupt.
/// @param check is called with the bytes of a key and a record; throws corrupt_record
/// @param fault is called with those of the key and what is wrong
template <class Table, class Check, class Fault>
void check_each(const read_txn& txn, const Table& table, Check&& check, Fault&& fault) {
    txn.scan(table, {}, [&](std::string_view key, std::string_view bytes) {
        try {
            check(key, bytes);
        } catch (const corrupt_record& problem) {
            fault(key, problem.what());
        }
        return true;
    });
}

}  // namespace pusherd::persistence
