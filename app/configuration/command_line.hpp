#pragma once

namespace pusherd::app {

/// The program: takes the command line apart, and carries out the command that it names.
/// @return the exit status: 0 done, 1 failed (a line on stderr says what, and what to do about it), 2 unusable
///         arguments
[[nodiscard]] int run(int argc, char** argv);

}  // namespace pusherd::app
