#include "bench/load/request_mix.hpp"

#include <algorithm>
#include <charconv>

namespace pusherd::bench {
namespace {

constexpr std::uint64_t most_weight = 1'000'000;

std::optional<request_kind> kind_named(std::string_view name) {
    const auto* const found = std::find_if(request_kinds.begin(), request_kinds.end(),
                                           [&](request_kind kind) { return to_string(kind) == name; });
    return found == request_kinds.end() ? std::nullopt : std::optional(*found);
}

std::optional<std::uint64_t> weight_of(std::string_view text) {
    std::uint64_t weight = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (problem != std::errc{} || end != text.data() + text.size() || weight > most_weight) return std::nullopt;
    return weight;
}

}  // namespace

std::optional<request_mix> request_mix::parse(std::string_view text) {
    request_mix mix;
    mix.weights_ = {};
    mix.total_ = 0;
    for (bool more = true; more;) {
        const std::size_t comma = text.find(',');
        more = comma != std::string_view::npos;
        const std::string_view part = text.substr(0, comma);
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto kind = kind_named(part.substr(0, equals));
        const auto weight = weight_of(part.substr(equals + 1));
        if (!kind || !weight || mix.weights_[*kind] != 0) return std::nullopt;
        mix.weights_[*kind] = *weight;
        mix.total_ += *weight;
        if (more) text.remove_prefix(comma + 1);
    }
    return mix.total_ == 0 ? std::nullopt : std::optional(mix);
}

}  // namespace pusherd::bench
