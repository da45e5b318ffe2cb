#pragma once

/// Whether the memory of this process, where access tokens and people's push keys pass through, may leave it.
namespace pusherd::app {

/// No core file, of whatever kind the system makes (core(5)), and no look inside by other processes of the same user
/// (ptrace(2)).
void forbid_core_dumps() noexcept;

/// Takes that back, and asks for core files as large as they may be: for who looks for a fault.
void allow_core_dumps() noexcept;

}  // namespace pusherd::app
