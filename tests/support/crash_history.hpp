#pragma once

#include <boost/json/value.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What clients asked for before a crash, what was answered, and what may be left after it.
namespace pusherd::testing {

/// When something happened: after all that has a smaller tick. The position is that of a recording, where there is one.
struct moment {
    std::uint64_t tick = 0;
    std::uint64_t position = 0;
};

inline constexpr std::uint64_t end_of_time = std::numeric_limits<std::uint64_t>::max();
inline constexpr moment never{end_of_time, end_of_time};

/// Tells the moments of all clients of a test.
class crash_clock {
public:
    explicit crash_clock(std::function<std::uint64_t()> position = [] { return std::uint64_t{0}; })
        : position_(std::move(position)) {}

    [[nodiscard]] moment now() { return {++ticks_, position_()}; }

private:
    std::atomic<std::uint64_t> ticks_ = 0;
    std::function<std::uint64_t()> position_;
};

/// A set. A pusher's version is its `lang`, and tells all else about it; no version: a delete.
struct asked_set {
    std::string user;
    std::string key;
    std::optional<std::string> version;
    moment sent;
    moment answered = never;
};

/// Keys that begin so are set with `append: true`, so that several users may hold them; all others have one holder.
inline constexpr std::string_view appended_prefix = "append";

/// The body of the set on the wire.
[[nodiscard]] std::string body_of(const asked_set& what);

/// User and key, and the version found there.
using found_pushers = std::map<std::pair<std::string, std::string>, std::string>;

/// Adds the pushers of a user, as a list shows them. What is wrong with one in itself (it is not whole, or there twice)
/// is returned.
[[nodiscard]] std::vector<std::string> add_shown(found_pushers& to, const std::string& user,
                                                 const boost::json::array& shown);

class crash_history {
public:
    /// @param before what was there when the first of the sets was sent
    explicit crash_history(const found_pushers& before = {});

    void add(const std::vector<asked_set>& sets);

    /// Why this cannot be what a crash has left that came when the recording had this position: each answered set is
    /// there unless another may have come after it, each unanswered one is there or not, a key without append has one
    /// holder. Empty if it can.
    [[nodiscard]] std::vector<std::string> faults(const found_pushers& found,
                                                  std::uint64_t position = end_of_time) const;

private:
    /// The sets of one key, or of one user's where others' do not matter.
    struct contest {
        std::vector<asked_set> sets;
        bool was_absent = true;
    };

    [[nodiscard]] static std::string name_of(const std::string& user, const std::string& key);
    [[nodiscard]] static bool may_hold(const contest& of, const std::string& user, const std::string& version,
                                       std::uint64_t position);
    [[nodiscard]] static bool may_be_absent(const contest& of, std::uint64_t position);

    std::map<std::string, contest> contests_;
};

}  // namespace pusherd::testing
