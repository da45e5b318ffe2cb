#pragma once

#include "domain/logger.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::testing {

/// Keeps what is logged. Any thread.
class recording_logger final : public domain::logger {
public:
    struct line {
        domain::severity how_much;
        std::string message;
    };

    void write(domain::severity how_much, std::string_view message) noexcept override {
        const std::lock_guard lock(mutex_);
        lines_.push_back({how_much, std::string(message)});
    }

    [[nodiscard]] std::vector<line> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<line> lines_;
};

}  // namespace pusherd::testing
