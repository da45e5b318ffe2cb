// What was delivered and is not in the database yet outlives the process.

#include "persistence/files/delivery_notes.hpp"

#include "tests/support/poked_store.hpp"
#include "tests/support/recording_logger.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace pusherd::persistence {
namespace {

using testing::event;
using testing::noon;
using testing::set_of;
using what = domain::poke_result::what;

struct noted {
    testing::temporary_folder folder;
    std::filesystem::path file = folder.path() / "delivery.notes";

    static delivery_notes::note note(std::uint64_t number) { return {{1, 2, 3}, number, noon, noon + 1}; }

    // Numbers of the notes that whoever opens the file finds.
    [[nodiscard]] std::set<std::uint64_t> found() const {
        std::set<std::uint64_t> numbers;
        for (const auto& [place, each] : delivery_notes(file).all()) {
            BOOST_TEST((each.queue == note(each.number).queue && each.queued == noon && each.delivered == noon + 1));
            numbers.insert(each.number);
        }
        return numbers;
    }
};

struct delivering : testing::poked_store {
    delivering() {
        (void)set(alice, set_of("phone"));
        (void)notify(event("$1"));
    }

    // What another process finds noted that still waits.
    std::string found_by_another() {
        testing::recording_logger log;
        lmdb_store other(db(), log, {});
        BOOST_TEST(other.begin_delivering());
        const auto reader = other.open_poke_reader();
        std::string found;
        for (const auto& each : other.noted_deliveries())
            if (reader->is_waiting(each.queue, each.number, each.queued)) found += std::to_string(each.delivered) + ' ';
        other.end_delivering();
        return found;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(notes_of_deliveries)

BOOST_FIXTURE_TEST_CASE(outlive_who_has_made_them, noted) {
    BOOST_TEST(found().empty());
    {
        delivery_notes notes(file);
        for (const std::uint64_t number : {7U, 8U, 9U}) BOOST_TEST(notes.add(note(number)).has_value());
    }
    BOOST_TEST((found() == std::set<std::uint64_t>{7, 8, 9}));
    BOOST_TEST(std::filesystem::file_size(file) == 128U * 1024U);
    BOOST_TEST((std::filesystem::status(file).permissions() == std::filesystem::perms{0600}));
}

BOOST_FIXTURE_TEST_CASE(are_bounded, noted) {
    delivery_notes notes(file);
    for (std::size_t i = 0; i < delivery_notes::most; ++i) BOOST_TEST_REQUIRE(notes.add(note(i)).has_value());
    BOOST_TEST(!notes.add(note(0)));
    notes.let_go(7);
    BOOST_TEST(found().size() == delivery_notes::most);
    BOOST_TEST(notes.add(note(1'000'001)).value() == 7U);
    BOOST_TEST(found().size() == delivery_notes::most);
    BOOST_TEST(!delivery_notes(file).add(note(0)));
}

BOOST_FIXTURE_TEST_CASE(that_are_not_whole_are_none, noted) {
    {
        delivery_notes notes(file);
        for (const std::uint64_t number : {1U, 2U}) (void)notes.add(note(number));
    }
    for (const std::size_t damaged : {0U, 20U, 39U, 40U, 44U}) {
        std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
        bytes.seekg(static_cast<std::streamoff>(damaged));
        const char was = static_cast<char>(bytes.get());
        const auto put = [&](char value) {
            bytes.seekp(static_cast<std::streamoff>(damaged));
            bytes.put(value).flush();
        };
        put(static_cast<char>(was ^ 1));
        BOOST_TEST((found() == std::set<std::uint64_t>{2}), damaged);
        put(was);
        BOOST_TEST(found().size() == 2U, damaged);
    }
}

BOOST_FIXTURE_TEST_CASE(are_found_by_who_delivers_next, delivering) {
    const auto result = testing::result_of(oldest().front(), what::delivered, noon + 5);
    BOOST_TEST(!pokes().note_delivered(result));  // it is not one's turn
    BOOST_TEST(pokes().begin_delivering());
    BOOST_TEST(pokes().note_delivered(result).has_value());
    auto of_former_life = result;
    --of_former_life.queued;
    BOOST_TEST(pokes().note_delivered(of_former_life).has_value());
    pokes().end_delivering();
    BOOST_TEST(found_by_another() == std::to_string(noon + 5) + ' ');
    (void)record(result);
    BOOST_TEST(found_by_another() == "");
}

BOOST_FIXTURE_TEST_CASE(need_not_be_possible, delivering) {
    std::filesystem::create_directory(db().folder() / "delivery.notes");
    testing::recording_logger log;
    lmdb_store without(db(), log, {});
    BOOST_TEST(without.begin_delivering());
    BOOST_TEST(!without.note_delivered(testing::result_of(oldest().front(), what::delivered)));
    BOOST_TEST(without.noted_deliveries().empty());
    BOOST_TEST_REQUIRE(log.lines().size() == 1U);
    BOOST_TEST(log.lines().front().message.find("delivery.notes") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
