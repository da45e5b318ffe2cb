#pragma once

#include <string_view>

namespace pusherd::app {

/// Whether stderr is systemd's journal: "the device and the inode number of the socket" that it gave us
/// (systemd.exec(5), $JOURNAL_STREAM). Any thread.
[[nodiscard]] bool stderr_is_the_journal() noexcept;

/// What an error that is written to stderr beside the log begins with: its priority for the journal (sd-daemon(3)), and
/// nothing elsewhere. Any thread; in a signal handler once it has been called before.
[[nodiscard]] std::string_view error_prefix() noexcept;

}  // namespace pusherd::app
