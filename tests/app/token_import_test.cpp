#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace pusherd::testing {
namespace {

/// The line is named, and none of the tokens `good-…` got in.
void check_refused(const pusherd_folder& folder, const std::string& lines, std::string_view names) {
    const process_end end = folder.run({"token", "import", "-"}, lines);
    BOOST_TEST(end.is_refusal(), end.status << ": " << end.out << end.err);
    BOOST_TEST(end.err.find(names) != std::string::npos, names << " in " << end.err);
    BOOST_TEST(end.err.find("good-") == std::string::npos, end.err);
    const process_end list = folder.run({"token", "list"});
    BOOST_TEST((list.status == 1 || list.out.find("@good:") == std::string::npos), list.out);
}

void check_refused(const std::string& lines, std::string_view names) {
    const pusherd_folder folder;
    check_refused(folder, lines, names);
}

std::string user_of(pusherd_server& server, const std::string& token) {
    return server.client(token).get().status == 200 ? "somebody" : "nobody";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_import)

BOOST_AUTO_TEST_CASE(it_prints_how_many_and_the_tokens_work) {
    const pusherd_folder folder;
    write_file(folder.file("tokens"), "one\t@alice:example.org\ntwo\t@bob:example.org\tPHONE\n");
    const process_end end = folder.run({"token", "import", folder.file("tokens").string()});
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.err == "");
    BOOST_TEST((numbers_in(end.out) == std::vector<std::uint64_t>{2}), end.out);
    pusherd_server server(folder.data());
    BOOST_TEST(user_of(server, "one") == "somebody");
    BOOST_TEST(user_of(server, "two") == "somebody");
    BOOST_TEST(user_of(server, "three") == "nobody");
    BOOST_TEST(folder.print({"token", "list", "@bob:example.org"}).find("\tPHONE\t") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_minus_reads_standard_input) {
    const pusherd_folder folder;
    BOOST_TEST(numbers_in(folder.print({"token", "import", "-"}, "one\t@alice:example.org")).at(0) == 1U);
    BOOST_TEST(folder.stat("tokens") == 1U);
}

BOOST_AUTO_TEST_CASE(crlf_and_empty_lines_pass) {
    const pusherd_folder folder;
    const std::string lines = "\r\none\t@alice:example.org\r\n\n\r\ntwo\t@bob:example.org\tPHONE\r\n\n";
    BOOST_TEST(numbers_in(folder.print({"token", "import", "-"}, lines)).at(0) == 2U);
    pusherd_server server(folder.data());
    BOOST_TEST(user_of(server, "one") == "somebody");
    BOOST_TEST(user_of(server, "two") == "somebody");
    BOOST_TEST(folder.print({"token", "list"}).find('\r') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_without_tokens_imports_none) {
    const pusherd_folder folder;
    BOOST_TEST(numbers_in(folder.print({"token", "import", "-"}, "\n")).at(0) == 0U);
}

BOOST_AUTO_TEST_CASE(a_token_twice_is_fine_for_the_same_user) {
    const pusherd_folder folder;
    folder.print({"token", "import", "-"}, "one\t@alice:example.org\none\t@alice:example.org\tPHONE\n");
    BOOST_TEST(folder.stat("tokens") == 1U);
    folder.print({"token", "import", "-"}, "one\t@alice:example.org\n");
    BOOST_TEST(folder.stat("tokens") == 1U);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(a_token_twice_for_another_user_is_refused_with_the_line_named_and_nothing_imported) {
    check_refused("good-1\t@good:example.org\none\t@alice:example.org\none\t@bob:example.org\n", "line 3");
}

BOOST_AUTO_TEST_CASE(a_token_that_another_user_has_already_is_refused_with_the_line_named_and_nothing_imported) {
    const pusherd_folder folder;
    folder.print({"token", "import", "-"}, "one\t@alice:example.org\n");
    check_refused(folder, "good-1\t@good:example.org\n\none\t@bob:example.org\ngood-2\t@good:example.org\n", "line 3");
    BOOST_TEST(folder.stat("tokens") == 1U);
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(a_tab_cr_or_lf_in_an_id_is_refused_with_the_line_named) {
    check_refused("good-1\t@good:example.org\none\t@a:example.org\tPH\tONE\n", "line 2");
    check_refused("good-1\t@good:example.org\none\t@a\rb:example.org\n", "line 2");
    check_refused("good-1\t@good:example.org\none\t@a:example.org\tPH\rONE\n", "line 2");
    check_refused("good-1\t@good:example.org\none\t@a:example.org\tPH\nONE\n", "line 3");
    check_refused("good-1\t@good:example.org\none\t@a\tb:example.org\n", "line 2");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_none_is_refused_with_its_number) {
    const std::string good = "good-1\t@good:example.org\n";
    check_refused(good + "one\n", "line 2");
    check_refused(good + "one @alice:example.org\n", "line 2");
    check_refused(good + "\t@alice:example.org\n", "line 2");
    check_refused(good + "one\t\n", "line 2");
    check_refused(good + "one\talice\n", "line 2");
    check_refused(good + "one\t@alice:example.org\t\n", "line 2");
    check_refused(good + "one\t@" + std::string(255, 'a') + ":example.org\n", "line 2");
    check_refused(good + "one\t@alice:example.org\t" + std::string(256, 'd') + "\n", "line 2");
    check_refused(good + "one\t@\xff:example.org\n", "line 2");
    check_refused(good + "one two\t@alice:example.org\n", "line 2");
}

BOOST_AUTO_TEST_CASE(a_refused_file_leaves_no_new_database) {
    const pusherd_folder folder;
    BOOST_TEST(folder.run({"token", "import", "-"}, "nonsense\n").is_refusal());
    BOOST_TEST(!std::filesystem::exists(folder.data()));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_one_line_and_exit_1) {
    const pusherd_folder folder;
    BOOST_TEST(folder.run({"token", "import", folder.file("absent").string()}).is_refusal());
    BOOST_TEST(folder.run({"token", "import", folder.data().parent_path().string()}).is_refusal());
    const process_end end = run_pusherd({.arguments = {"token", "import", "-", "--data", folder.data().string()},
                                         .input_from = folder.data().parent_path()});
    BOOST_TEST(end.is_refusal(), end.err);
    BOOST_TEST(!std::filesystem::exists(folder.data()));
}

BOOST_AUTO_TEST_CASE(a_refusal_shows_no_token) {
    const pusherd_folder folder;
    const process_end end = folder.run({"token", "import", "-"}, "my-secret @alice:example.org\n");
    BOOST_TEST(end.is_refusal());
    BOOST_TEST(end.err.find("my-secret") == std::string::npos, end.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
