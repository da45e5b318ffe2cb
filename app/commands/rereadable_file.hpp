#pragma once

#include <fstream>
#include <string>

namespace pusherd::app {

/// Opens a file to be read more than once, from its beginning. What can be read but once (standard input, a pipe) is
/// kept meanwhile in a file without a name among the system's temporary ones (TMPDIR), which is gone with the stream.
/// @param file `-`: standard input
/// Throws command_failed with one line.
[[nodiscard]] std::ifstream open_rereadable(const std::string& file);

}  // namespace pusherd::app
