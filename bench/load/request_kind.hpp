#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pusherd::bench {

/// What a request asks for. Of each kind, throughput and latencies are told apart.
enum class request_kind : std::size_t {
    list,       ///< GET …/pushers
    set,        ///< a set that changes the pusher: no two are alike
    unchanged,  ///< a set that says what is there already, as apps do at every start
    shared,     ///< a set of a key that several users have in turn: each takes it from the one before
    remove,     ///< a set whose kind is null; called `delete` outside, which C++ keeps for itself
};

inline constexpr std::array request_kinds{request_kind::list, request_kind::set, request_kind::unchanged,
                                          request_kind::shared, request_kind::remove};

[[nodiscard]] constexpr std::size_t index_of(request_kind kind) noexcept { return static_cast<std::size_t>(kind); }

/// As `--mix` and the reports call it.
[[nodiscard]] constexpr std::string_view to_string(request_kind kind) noexcept {
    constexpr std::array<std::string_view, request_kinds.size()> names{"list", "set", "unchanged", "shared", "delete"};
    return names[index_of(kind)];
}

/// A value for each kind.
template <class Value>
class by_kind {
public:
    [[nodiscard]] Value& operator[](request_kind kind) noexcept { return values_[index_of(kind)]; }
    [[nodiscard]] const Value& operator[](request_kind kind) const noexcept { return values_[index_of(kind)]; }

private:
    std::array<Value, request_kinds.size()> values_{};
};

}  // namespace pusherd::bench
