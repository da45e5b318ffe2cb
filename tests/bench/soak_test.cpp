// A soak of seconds: that it looks where it should, and that it can fail. Whether a server is flat takes longer.

#include "bench/load/soak.hpp"

#include "bench/load/process_usage.hpp"
#include "bench/load/run.hpp"
#include "bench/load/soak_report.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace pusherd::bench {
namespace {

using testing::temporary_folder;

soak_options a_few_seconds_in(const temporary_folder& folder) {
    soak_options options;
    options.pusherd = PUSHERD_BINARY;
    options.folder = folder.path() / "soak";
    options.length = std::chrono::milliseconds(1500);
    options.between_restarts = std::chrono::milliseconds(400);
    options.between_samples = std::chrono::milliseconds(50);
    options.rate = 200;
    options.users = 50;
    options.connections = 4;
    return options;
}

soak_result flat_result() {
    soak_result result{.load = {}, .measured = {.measured = measurements({}), .server_cpu = std::nullopt}};
    for (int second = 0; second < 60; ++second)
        result.samples.push_back({.at = std::chrono::seconds(second),
                                  .resident_bytes = 4'000'000,
                                  .private_bytes = 500'000,
                                  .open_files = 40,
                                  .reader_slots = 9,
                                  .file_bytes = 2'000'000});
    result.settled = std::chrono::seconds(20);
    const auto begin = load_clock::now();
    const auto end = begin + std::chrono::seconds(60);
    result.measured.measured = measurements({begin, end});
    result.measured.measured.add_right(request_kind::list, begin, begin + std::chrono::milliseconds(1));
    return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(soaks)

BOOST_AUTO_TEST_CASE(servers_are_stopped_and_killed_and_all_answers_are_right) {
    const temporary_folder folder;
    const soak_options options = a_few_seconds_in(folder);
    const soak_result found = soak(options);
    for (const auto& [cause, count] : found.wrong_by_cause) BOOST_TEST(count == 0U, cause);
    for (const std::string& fault : found.faults) BOOST_TEST(fault == "");
    BOOST_TEST(found.measured.measured.answered() > 0U);
    BOOST_TEST(found.answered_by_the_other > 0U);
    BOOST_TEST(found.stops > 0U);
    BOOST_TEST(found.kills > 0U);
    BOOST_TEST(found.rotations == found.stops + found.kills);
    BOOST_TEST_REQUIRE(!found.samples.empty());
    const soak_sample& last = found.samples.back();
    BOOST_TEST(last.resident_bytes > last.private_bytes);
    BOOST_TEST(last.private_bytes > 0U);
    BOOST_TEST(last.open_files > 4U);  // its connections, at least
    BOOST_TEST(last.reader_slots > 1U);
    BOOST_TEST(last.file_bytes > 0U);  // sets go on after the last sample
    BOOST_TEST(last.file_bytes <= std::filesystem::file_size(options.folder / "data" / "data.mdb"));
    for (const char* name : {"steady.log", "steady.log.1", "other.log.1"})
        BOOST_TEST(std::filesystem::exists(options.folder / name), name);
    BOOST_TEST(testing::read_file(options.folder / "steady.log").find("listening") == std::string::npos);
    BOOST_TEST(to_html(found).find("</html>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_folder_in_use_is_left_alone) {
    const temporary_folder folder;
    soak_options options = a_few_seconds_in(folder);
    options.folder = folder.path();
    testing::write_file(folder.path() / "mine", "");
    BOOST_CHECK_THROW((void)soak(options), run_failed);
    BOOST_TEST(testing::contents_of(folder.path()).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_start_is_told_of) {
    const temporary_folder folder;
    soak_options options = a_few_seconds_in(folder);
    options.pusherd = "/bin/false";
    BOOST_CHECK_THROW((void)soak(options), run_failed);
}

BOOST_AUTO_TEST_CASE(it_is_good_only_if_all_is) {
    BOOST_TEST(is_good(flat_result()));
    soak_result faulty = flat_result();
    faulty.faults.emplace_back("verify ended with 1");
    BOOST_TEST(!is_good(faulty));
    soak_result wrong = flat_result();
    wrong.wrong_by_cause["list: status 500"] = 1;
    BOOST_TEST(!is_good(wrong));
    soak_result growing = flat_result();
    for (std::size_t i = 45; i < 60; ++i) growing.samples[i].reader_slots = 12;
    BOOST_TEST(!is_good(growing));
    soak_result silent = flat_result();
    silent.measured.measured = measurements(silent.measured.measured.span());
    BOOST_TEST(!is_good(silent));
}

BOOST_AUTO_TEST_CASE(the_reports_tell_what_is_wrong) {
    soak_result growing = flat_result();
    for (std::size_t i = 40; i < 60; ++i) growing.samples[i].file_bytes = 3'000'000;
    growing.wrong_by_cause["list: status 500"] = 7;
    growing.faults.emplace_back("verify ended with <1>");
    const std::string table = to_table(growing);
    for (const char* part : {"2.00 MB       3.00 MB  NOT FLAT", "7 × list: status 500", "verify ended with <1>"})
        BOOST_TEST(table.find(part) != std::string::npos, part << " in " << table);
    const std::string page = to_html(growing);
    for (const char* part : {"Not all is flat", "NOT FLAT", "7 × list: status 500", "verify ended with &lt;1&gt;"})
        BOOST_TEST(page.find(part) != std::string::npos, part);
    BOOST_TEST(to_table(flat_result()).find("NOT") == std::string::npos);
    BOOST_TEST(to_html(flat_result()).find("<h1>All is flat</h1>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_process_holds_is_counted) {
    const auto before = holdings_of(::getpid());
    BOOST_TEST_REQUIRE(before.has_value());
    const int more = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    std::string memory(64 << 20, 'x');
    BOOST_TEST(memory[memory.size() / 2] == 'x');
    const auto after = holdings_of(::getpid());
    ::close(more);
    BOOST_TEST(after->open_files == before->open_files + 1);
    BOOST_TEST(after->resident_bytes > before->resident_bytes + (50 << 20));
    BOOST_TEST(after->private_bytes > before->private_bytes + (50 << 20));
    BOOST_TEST(!holdings_of(0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::bench
