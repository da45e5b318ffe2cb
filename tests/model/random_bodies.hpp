#pragma once

#include "tests/model/model.hpp"

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace pusherd::testing {

/// Random choices that a seed repeats on every machine: the standard's distributions need not.
class random_source {
public:
    explicit random_source(std::uint64_t seed) : engine_(seed) {}

    [[nodiscard]] std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
    [[nodiscard]] bool one_in(std::size_t number) { return below(number) == 0; }
    template <class Item>
    [[nodiscard]] const Item& one_of(const std::vector<Item>& items) {
        return items.at(below(items.size()));
    }
    [[nodiscard]] std::string one_of(std::initializer_list<const char*> items) {
        return items.begin()[below(items.size())];
    }
    template <class Item>
    void shuffle(std::vector<Item>& items) {
        for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }

private:
    std::mt19937_64 engine_;
};

struct valid_set {
    std::string body;
    wanted_pusher wanted;
};
struct removing_set {
    std::string body;
    std::string app_id;
    std::string pushkey;
};
struct invalid_set {
    std::string body;
    std::string errcode;
};

/// The body of notifications, and what it says.
struct told_events {
    std::string body;
    std::vector<told_event> events;
};

/// A few events, now and then of those that were told before, or counts; seldom more than a pusher's queue takes.
[[nodiscard]] told_events random_notifications(random_source& random, const std::vector<std::string>& users);

/// Few keys, so that users meet over them; each body in a spelling of its own.
[[nodiscard]] valid_set random_set(random_source& random);
[[nodiscard]] removing_set random_removal(random_source& random);
[[nodiscard]] invalid_set random_invalid_set(random_source& random);

}  // namespace pusherd::testing
