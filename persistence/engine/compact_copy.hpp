#pragma once

#include "persistence/engine/environment.hpp"

namespace pusherd::persistence {

/// Writes a copy of what is committed now to a file: a data.mdb without free pages, whose last transaction is number 1.
/// Others go on reading and writing meanwhile, but while it takes, pages that they free are not used again.
///
/// LMDB writes it from a thread of its own. It is not synced, and after a failure the file may hold any part of it.
/// @param file open for writing, empty
/// Throws storage_error. An errno is that of a write, or EFAULT for pages that data.mdb should have and has not.
void write_compact_copy(environment& env, int file);

}  // namespace pusherd::persistence
