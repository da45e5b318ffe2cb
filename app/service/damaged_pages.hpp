#pragma once

namespace pusherd::app {

/// LMDB trusts what a page says of itself, and follows it out of the map. From this call on, the process ends with 1
/// and a line that says so: for commands that look at every page and change none.
void end_at_damaged_pages() noexcept;

}  // namespace pusherd::app
