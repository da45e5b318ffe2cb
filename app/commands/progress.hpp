#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::app {

/// How far a command has come, for people who watch: a line on stderr that is written over and gone in the end. Where
/// stderr is no terminal, nothing is written.
class progress {
public:
    progress();
    ~progress();

    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    /// Whether anybody watches.
    [[nodiscard]] bool is_shown() const noexcept { return is_shown_; }

    /// Shows a text, five times a second at most.
    void show(std::string_view text);

private:
    bool is_shown_;
    std::chrono::steady_clock::time_point next_;
    std::size_t width_ = 0;  // of what stands there
};

/// For people: "12 of 100 pushers".
[[nodiscard]] std::string share(std::uint64_t done, std::uint64_t all, std::string_view nouns);

}  // namespace pusherd::app
