// The model of a disk: what may be lost with the power, and what may not.

#include "tests/power_loss/disk.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <functional>
#include <set>
#include <string>

namespace pusherd::power_loss {
namespace {

constexpr std::uint64_t root = 1;
constexpr std::uint64_t file = 2;
constexpr std::size_t sector = 512;

event make(std::uint64_t object, const char* name, call what = call::make_file) {
    return {what, false, object, root, 0, name, {}};
}
event write(std::uint64_t offset, std::string_view bytes) { return {call::write, false, file, 0, offset, {}, bytes}; }
event sync(std::uint64_t object) { return {call::sync, false, object, 0, 0, {}, {}}; }

/// A disk with one file whose entry is there for sure.
disk with_file() {
    disk all(root);
    all.apply(make(file, "file"));
    all.apply(sync(root));
    return all;
}

/// What the file holds after many losses of power; "absent" if it is not there.
std::set<std::string> contents_after_losses(const disk& all) {
    std::set<std::string> found;
    for (const auto came : {loss::extent::nothing_came, loss::extent::all_came, loss::extent::one_came,
                            loss::extent::all_but_one_came, loss::extent::some_came})
        for (const bool by_sector : {false, true})
            for (std::uint32_t seed = 0; seed < 200; ++seed) {
                const image left = all.after({came, by_sector, seed});
                found.insert(left.contains("file") ? left.at("file") : "absent");
            }
    return found;
}

std::string sectors(const std::string& letters) {
    std::string bytes;
    for (const char c : letters) bytes.append(sector, c == '.' ? '\0' : c);
    return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(disks)

BOOST_AUTO_TEST_CASE(what_was_synced_is_there_whatever_happens) {
    disk all = with_file();
    const std::string bytes = sectors("ab");
    all.apply(write(0, bytes));
    all.apply(sync(file));
    BOOST_TEST((contents_after_losses(all) == std::set<std::string>{bytes}));
}

BOOST_AUTO_TEST_CASE(of_what_was_not_synced_any_sectors_and_any_size_are_there) {
    disk all = with_file();
    const std::string bytes = sectors("ab");
    all.apply(write(0, bytes));
    const std::set<std::string> expected{
        "", sectors("."), sectors("a"), sectors(".."), sectors("a."), sectors(".b"), sectors("ab")};
    BOOST_TEST((contents_after_losses(all) == expected));
}

BOOST_AUTO_TEST_CASE(a_sector_has_any_of_its_versions_since_the_last_sync_and_no_mixture) {
    disk all = with_file();
    all.apply(write(0, sectors("a")));
    all.apply(sync(file));
    const std::string b = sectors("b");
    const std::string c = sectors("c").substr(0, 100);
    all.apply(write(0, b));
    all.apply(write(0, c));
    BOOST_TEST((contents_after_losses(all) == std::set<std::string>{sectors("a"), b, c + b.substr(100)}));
}

BOOST_AUTO_TEST_CASE(a_write_that_goes_through_takes_nothing_along_but_its_own_sectors) {
    disk all = with_file();
    const std::string bytes = sectors("aaa");
    all.apply(write(0, bytes));
    all.apply(sync(file));
    const std::string b = sectors("b");
    all.apply(write(2 * sector, b));
    const event through{call::write, true, file, 0, 0, {}, b};
    all.apply(through);
    all.finish(through);
    BOOST_TEST((contents_after_losses(all) == std::set<std::string>{sectors("baa"), sectors("bab")}));
}

BOOST_AUTO_TEST_CASE(an_entry_is_there_for_sure_once_its_folder_was_synced) {
    disk all(root);
    all.apply(make(file, "file"));
    all.apply(write(0, "x"));
    all.apply(sync(file));
    BOOST_TEST((contents_after_losses(all) == std::set<std::string>{"absent", "x"}));
    all.apply(sync(root));
    BOOST_TEST((contents_after_losses(all) == std::set<std::string>{"x"}));
}

BOOST_AUTO_TEST_CASE(a_file_that_takes_anothers_name_leaves_either_or_none) {
    disk all = with_file();
    all.apply(write(0, "old"));
    all.apply(sync(file));
    all.apply({call::remove, false, 0, root, 0, "file", {}});
    all.apply(make(file, "file"));
    all.apply(write(0, "new"));
    all.apply(sync(file));
    BOOST_TEST((contents_after_losses(all) == std::set<std::string>{"old", "absent", "new"}));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_renamed_has_one_name_or_the_other) {
    disk all = with_file();
    all.apply({call::rename, false, file, root, root, "file", "other"});
    for (const auto came : {loss::extent::nothing_came, loss::extent::all_came, loss::extent::some_came}) {
        const image left = all.after({came, false, 1});
        BOOST_TEST(left.contains("file") != left.contains("other"));
    }
}

BOOST_AUTO_TEST_CASE(what_lies_in_a_folder_without_an_entry_is_lost_with_it) {
    disk all(root);
    all.apply(make(3, "folder", call::make_folder));
    all.apply({call::make_file, false, file, 3, 0, "file", {}});
    all.apply(sync(3));
    BOOST_TEST((all.after({loss::extent::nothing_came, false, 0}) == image{}));
    BOOST_TEST((all.after({loss::extent::all_came, false, 0}) == image{{"folder/", ""}, {"folder/file", ""}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::power_loss
