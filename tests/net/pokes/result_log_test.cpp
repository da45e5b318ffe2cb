// What came of pokes on its way to the disk, and the notes of it.

#include "net/pokes/result_log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace pusherd::net {
namespace {

using domain::poke_result;

/// Stores at once what does not hold a poison, and keeps notes up to a bound.
class counting_store final : public domain::poke_store {
public:
    std::set<std::uint64_t> poison;  // numbers of pokes
    std::size_t most_notes = 100;
    std::set<std::uint64_t> stored;
    std::map<std::uint32_t, int> notes;  // how often each is there
    std::vector<std::size_t> batches;

    bool submit(domain::change what) override {
        auto& request = std::get<std::reference_wrapper<domain::poke_results_request>>(what).get();
        batches.push_back(request.what->size());
        request.failed = std::any_of(request.what->begin(), request.what->end(),
                                     [&](const poke_result& each) { return poison.contains(each.number); });
        if (!request.failed)
            for (const poke_result& each : *request.what) BOOST_TEST(stored.insert(each.number).second);
        request.on_done();
        return true;
    }

    std::optional<std::uint32_t> note_delivered(const poke_result&) noexcept override {
        if (notes.size() == most_notes) return std::nullopt;
        ++notes[next_note_];
        return next_note_++;
    }
    void forget_note(std::uint32_t note) noexcept override { notes.erase(note); }

    std::unique_ptr<domain::poke_reader> open_poke_reader() override { return nullptr; }
    void tell_of_pokes(domain::poke_listener*) noexcept override {}
    bool begin_delivering() override { return true; }
    void end_delivering() noexcept override {}
    std::vector<domain::noted_delivery> noted_deliveries() override { return {}; }

private:
    std::uint32_t next_note_ = 0;
};

struct logged {
    counting_store store;
    event_loop loop{[](const std::exception_ptr&) { BOOST_ERROR("the loop failed"); }};
    std::size_t told = 0;
    poke_result_log log{loop, store, [this](const poke_result&) { ++told; }};

    void add(std::uint64_t number, poke_result::what came = poke_result::what::delivered) {
        poke_result result{};
        result.number = number;
        result.came = came;
        log.add(std::move(result));
    }

    // Pauses are over.
    void flush(int times = 1) {
        for (int i = 0; i < times; ++i) {
            log.flush(clock::now() + std::chrono::hours(1));
            loop.run_once(std::chrono::milliseconds(0));
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(results_of_pokes, logged)

BOOST_AUTO_TEST_CASE(are_stored_together_and_their_notes_forgotten_then) {
    for (const std::uint64_t number : {1U, 2U, 3U}) add(number);
    add(4, poke_result::what::failed);
    add(5, poke_result::what::rejected);
    add(0);  // a test: nothing was waiting
    BOOST_TEST(store.notes.size() == 3U);
    flush();
    BOOST_TEST(store.batches == std::vector<std::size_t>{6U});
    BOOST_TEST(store.notes.empty());
    BOOST_TEST(told == 6U);
    BOOST_TEST(log.is_empty());
}

BOOST_AUTO_TEST_CASE(that_cannot_be_noted_are_few) {
    store.most_notes = 3;
    for (std::uint64_t number = 1; number <= 3 + poke_bounds::unnoted; ++number) {
        BOOST_TEST(log.has_room());
        add(number);
    }
    BOOST_TEST(!log.has_room());
    flush();
    BOOST_TEST(log.has_room());
    BOOST_TEST(store.notes.empty());
}

BOOST_AUTO_TEST_CASE(that_are_not_stored_yet_are_bounded) {
    store.most_notes = 10'000;
    for (std::uint64_t number = 1; number <= poke_bounds::unwritten; ++number) {
        BOOST_TEST_REQUIRE(log.has_room());
        add(number);
    }
    BOOST_TEST(!log.has_room());
    flush();
    BOOST_TEST(log.has_room());
}

BOOST_AUTO_TEST_CASE(are_kept_from_the_disk_by_no_other) {
    store.poison = {17};
    for (std::uint64_t number = 1; number <= 64; ++number) add(number);
    flush(20);
    BOOST_TEST(store.stored.size() == 63U);
    BOOST_TEST(store.notes.size() == 1U);
    BOOST_TEST(!log.is_empty());
    // In halves, and not one by one.
    BOOST_TEST(std::count(store.batches.begin(), store.batches.end(), 1U) < 20);
    store.poison.clear();
    flush();
    BOOST_TEST(store.stored.size() == 64U);
    BOOST_TEST(store.notes.empty());
    BOOST_TEST(log.is_empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
