#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

using columns = std::vector<std::string>;

std::vector<columns> rows_of(const std::string& printed) {
    std::vector<columns> rows;
    std::istringstream lines(printed);
    for (std::string line; std::getline(lines, line);) {
        columns& row = rows.emplace_back(1);
        for (const char c : line)
            if (c == '\t')
                row.emplace_back();
            else
                row.back() += c;
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at(1) < b.at(1); });
    return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_list)

BOOST_AUTO_TEST_CASE(it_shows_short_id_user_device_role_and_time_of_issue) {
    const pusherd_folder folder;
    folder.print({"token", "import", "-"}, "abc\t@alice:example.org\tPHONE\n");
    folder.print({"token", "issue", "@bob:example.org", "--admin"});
    folder.print({"token", "issue", "--service", "homeserver"});
    const auto rows = rows_of(folder.print({"token", "list"}));
    BOOST_TEST_REQUIRE(rows.size() == 3U);
    const std::regex id("[0-9a-f]{8}");
    const std::regex time("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z");
    for (const columns& row : rows) {
        BOOST_TEST_REQUIRE(row.size() == 5U);
        BOOST_TEST(std::regex_match(row[0], id));
        BOOST_TEST(std::regex_match(row[4], time), row[4]);
    }
    // sha256("abc") is the first example of FIPS 180-2.
    BOOST_TEST(
        (columns(rows[0].begin(), rows[0].end() - 1) == columns{"ba7816bf", "@alice:example.org", "PHONE", "user"}));
    BOOST_TEST((columns(rows[1].begin() + 1, rows[1].end() - 1) == columns{"@bob:example.org", "", "admin"}));
    BOOST_TEST((columns(rows[2].begin() + 1, rows[2].end() - 1) == columns{"homeserver", "", "service"}));
}

BOOST_AUTO_TEST_CASE(with_a_user_it_shows_that_users_tokens_alone) {
    const pusherd_folder folder;
    folder.print({"token", "import", "-"},
                 "1\t@alice:example.org\tA\n2\t@alice:example.org\n3\t@alice:example.org.uk\n4\t@alic:example.org\n");
    BOOST_TEST(rows_of(folder.print({"token", "list", "@alice:example.org"})).size() == 2U);
    BOOST_TEST(rows_of(folder.print({"token", "list"})).size() == 4U);
    BOOST_TEST(folder.print({"token", "list", "@nobody:example.org"}) == "");
}

BOOST_AUTO_TEST_CASE(an_id_with_control_characters_breaks_no_line_and_no_column) {
    const pusherd_folder folder;
    folder.print({"token", "issue", "@a\nb\tc\x1b[1m:example.org", "--device", "D\r\n\tE"});
    const std::string printed = folder.print({"token", "list"});
    const auto rows = rows_of(printed);
    BOOST_TEST_REQUIRE(rows.size() == 1U);
    BOOST_TEST(rows[0].size() == 5U);
    BOOST_TEST(printed.find_first_of("\r\x1b") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
