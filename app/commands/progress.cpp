#include "app/commands/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace pusherd::app {
namespace {

constexpr std::chrono::milliseconds interval{200};

}  // namespace

progress::progress() : is_shown_(::isatty(STDERR_FILENO) != 0), next_(std::chrono::steady_clock::now() + interval) {}

progress::~progress() {
    if (width_ != 0) std::cerr << '\r' << std::string(width_, ' ') << '\r';
}

void progress::show(std::string_view text) {
    const auto now = std::chrono::steady_clock::now();
    if (!is_shown_ || now < next_) return;
    next_ = now + interval;
    const std::size_t left_over = width_ - std::min(width_, text.size());
    width_ = text.size();
    std::cerr << '\r' << text << std::string(left_over, ' ');
}

std::string share(std::uint64_t done, std::uint64_t all, std::string_view nouns) {
    std::string out = std::to_string(done);
    out.append(" of ").append(std::to_string(all)).append(1, ' ').append(nouns);
    return out;
}

}  // namespace pusherd::app
