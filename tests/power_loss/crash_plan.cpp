#include "tests/power_loss/crash_plan.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

namespace pusherd::power_loss {
namespace {

using extent = loss::extent;

// In the order in which they are tried at a step.
constexpr std::pair<extent, bool> kinds[] = {
    {extent::nothing_came, false}, {extent::some_came, true},         {extent::all_came, false},
    {extent::some_came, false},    {extent::all_but_one_came, false}, {extent::one_came, false},
    {extent::some_came, true},     {extent::all_but_one_came, true},  {extent::one_came, true}};
constexpr std::size_t corner_kinds = std::size(kinds);

/// Where the power may go, and how much is pending there.
struct opportunity {
    std::size_t before_step;
    std::size_t pending;
    bool is_sync;
};

std::vector<opportunity> opportunities_in(const std::vector<step>& steps, std::uint64_t root_inode) {
    std::vector<opportunity> all;
    replay all_steps(steps, root_inode);
    for (std::size_t i = 0; i <= steps.size(); ++i) {
        const bool is_sync = i == steps.size() || steps[i].finishes || steps[i].what.what == call::sync;
        all.push_back({i, all_steps.advance_to(i).pending(), is_sync});
    }
    return all;
}

// So many ways are there at most to lose parts of what is pending.
std::size_t most_images(std::size_t pending, std::size_t wanted) {
    return pending >= 16 ? wanted : std::min(wanted, std::size_t{1} << pending);
}

std::uint64_t position_before(const std::vector<step>& steps, std::size_t step) {
    if (step < steps.size()) return steps[step].position;
    return steps.empty() ? 0 : steps.back().position + 1;
}

}  // namespace

std::vector<step> steps_of(const std::vector<event>& events) {
    std::vector<step> steps;
    for (std::size_t i = 0; i < events.size(); ++i) {
        steps.push_back({events[i], false, i});
        if (events[i].what == call::write && events[i].is_through) steps.push_back({events[i], true, i});
    }
    return steps;
}

std::vector<event> without_syncs(const std::vector<event>& events) {
    std::set<std::uint64_t> written;
    for (const event& each : events)
        if (each.what == call::write) written.insert(each.object);
    std::vector<event> left = events;
    for (event& each : left) {
        each.is_through = false;
        // In its place, so that positions stay as they are: a write of nothing.
        if (each.what == call::sync && written.contains(each.object)) each.what = call::write;
    }
    return left;
}

std::vector<crash> plan_crashes(const std::vector<step>& steps, std::uint64_t root_inode, std::size_t about,
                                std::uint32_t seed) {
    const auto all = opportunities_in(steps, root_inode);
    const auto syncs = static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const auto& each) { return each.is_sync && each.pending >= 4; }));
    const std::size_t at_each_sync = std::max<std::size_t>(2, about * 3 / 4 / std::max<std::size_t>(1, syncs));

    std::minstd_rand random(seed);
    std::vector<crash> plan;
    const auto add = [&](const opportunity& where, std::size_t kind) {
        const auto [came, by_sector] = kind < corner_kinds ? kinds[kind] : std::pair(extent::some_came, kind % 2 == 0);
        plan.push_back({where.before_step,
                        position_before(steps, where.before_step),
                        {came, by_sector, static_cast<std::uint32_t>(random())}});
    };
    std::size_t first_kind = 0;
    for (const opportunity& each : all) {
        if (!each.is_sync) continue;
        const std::size_t images = most_images(each.pending, at_each_sync);
        // A few images a sync: not the same few each time.
        const std::size_t from = images < corner_kinds && each.pending >= 4 ? first_kind++ : 0;
        for (std::size_t i = 0; i < images; ++i) add(each, images < corner_kinds ? (from + i) % corner_kinds : i);
    }
    while (plan.size() < about) add(all[random() % all.size()], corner_kinds + random() % 2);
    std::stable_sort(plan.begin(), plan.end(),
                     [](const crash& a, const crash& b) { return a.before_step < b.before_step; });
    return plan;
}

const disk& replay::advance_to(std::size_t before_step) {
    for (; done_ < before_step; ++done_)
        if (steps_[done_].finishes)
            disk_.finish(steps_[done_].what);
        else
            disk_.apply(steps_[done_].what);
    return disk_;
}

}  // namespace pusherd::power_loss
