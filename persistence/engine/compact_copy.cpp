#include "persistence/engine/compact_copy.hpp"

#include "persistence/engine/storage_error.hpp"
#include "persistence/engine/transaction.hpp"

#include <lmdb.h>

namespace pusherd::persistence {

void write_compact_copy(environment& env, int file) {
    snapshot_reader snapshot(env);
    int code = MDB_MAP_RESIZED;
    // Nothing has been written yet where LMDB finds pages beyond its map: another process has come by with more of them
    // since the snapshot was taken. The next snapshot adopts them.
    while (code == MDB_MAP_RESIZED)
        // Within a snapshot: the map must not change while LMDB copies, and who changes it waits for a snapshot.
        snapshot([&](const read_txn&) { code = mdb_env_copyfd2(env.handle(), file, MDB_CP_COMPACT); });
    check(code, "mdb_env_copyfd2");
}

}  // namespace pusherd::persistence
