#pragma once

#include "bench/load/request_kind.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

namespace pusherd::bench {

/// How often each kind of request is sent, at random.
class request_mix {
public:
    /// Lists alone.
    request_mix() { weights_[request_kind::list] = 1; }

    /// Reads `list=90,set=9,delete=1`: kinds and whole weights, of which one at least is not zero.
    [[nodiscard]] static std::optional<request_mix> parse(std::string_view text);

    template <class Random>
    [[nodiscard]] request_kind pick(Random& random) const {
        std::uint64_t left = std::uniform_int_distribution<std::uint64_t>(0, total_ - 1)(random);
        for (const request_kind kind : request_kinds) {
            if (left < weights_[kind]) return kind;
            left -= weights_[kind];
        }
        return request_kind::list;  // not reached: the weights add up to the total
    }

    [[nodiscard]] bool has(request_kind kind) const noexcept { return weights_[kind] != 0; }

private:
    by_kind<std::uint64_t> weights_;
    std::uint64_t total_ = 1;
};

}  // namespace pusherd::bench
