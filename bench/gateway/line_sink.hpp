#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace pusherd::bench {

/// Where lines go, each at once: whoever reads them wants to see a poke when it comes. One thread.
class line_sink {
public:
    /// @param file stays the caller's
    /// @param on_failure is called once, when nobody takes the lines any more
    line_sink(std::FILE* file, std::function<void()> on_failure) : file_(file), on_failure_(std::move(on_failure)) {}
    line_sink(const line_sink&) = delete;
    line_sink& operator=(const line_sink&) = delete;

    /// @param line without its end
    void write(std::string_view line);

    /// The system's words for what has failed; empty: nothing has.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

private:
    std::FILE* file_;
    std::function<void()> on_failure_;
    std::string failure_;
};

}  // namespace pusherd::bench
