// Damage in the list of free pages, which nothing but the next write looks at, is found.

#include "persistence/registry/verify.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace pusherd::persistence {
namespace {

constexpr std::size_t word = sizeof(std::size_t);
constexpr std::size_t header = word + 8;

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

template <class Integer>
Integer read(const std::string& file, std::size_t at) {
    Integer value{};
    std::memcpy(&value, file.data() + at, sizeof value);
    return value;
}

// LMDB 0.9, mdb.c: behind magic and version, address and size of the map, the first table is that of free pages: 8
// bytes, four words, its root. Behind two tables, the last page, then the number of the transaction.
constexpr std::size_t table_size = 8 + 5 * word;
constexpr std::size_t free_table = header + 8 + 2 * word;
constexpr std::size_t root_of_free_pages = free_table + 8 + 4 * word;
constexpr std::size_t transaction = free_table + 2 * table_size + word;

/// A database with free pages, as a file.
class damaged_database {
public:
    damaged_database() {
        {
            database db(folder_.path(), testing::fast_options());
            for (int i = 0; i < 5; ++i) (void)testing::log_in(db, "@user" + std::to_string(i) + ":h");
        }
        bytes_ = testing::read_file(file());
        const std::size_t meta =
            read<std::size_t>(bytes_, transaction) > read<std::size_t>(bytes_, page_size() + transaction) ? 0
                                                                                                          : page_size();
        page_ = read<std::size_t>(bytes_, meta + root_of_free_pages) * page_size();
        const auto node = page_ + read<std::uint16_t>(bytes_, page_ + header);
        list_ = node + 8 + read<std::uint16_t>(bytes_, node + 6);
    }

    [[nodiscard]] std::size_t free_pages() const { return read<std::size_t>(bytes_, list_); }

    /// @param index of the list's words: 0 is how many pages follow
    std::vector<std::string> faults_with(std::size_t index, std::size_t value) const {
        std::string damaged = bytes_;
        std::memcpy(damaged.data() + list_ + index * word, &value, sizeof value);
        testing::write_file(file(), damaged);
        database db(folder_.path(), {.mode = open_mode::look});
        return testing::faults_of(db);
    }

    [[nodiscard]] std::size_t at(std::size_t index) const { return read<std::size_t>(bytes_, list_ + index * word); }

private:
    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "data.mdb"; }

    testing::temporary_folder folder_;
    std::string bytes_;
    std::size_t page_ = 0;
    std::size_t list_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(free_lists)

BOOST_FIXTURE_TEST_CASE(a_sound_one_has_no_fault, damaged_database) {
    BOOST_TEST_REQUIRE(free_pages() >= 2U);
    BOOST_TEST(faults_with(1, at(1)).empty());
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_free_is_found, damaged_database) {
    BOOST_TEST_REQUIRE(free_pages() >= 2U);
    const std::size_t beyond = std::size_t{1} << 30;
    const std::vector<std::pair<std::size_t, std::size_t>> damages{
        {1, beyond}, {1, 0}, {2, 1}, {1, at(2)}, {0, beyond}};
    for (const auto& [index, value] : damages) {
        const auto faults = faults_with(index, value);
        BOOST_TEST_REQUIRE(faults.size() == 1U, index << " = " << value);
        BOOST_TEST(faults.front().starts_with("free pages: "), faults.front());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
