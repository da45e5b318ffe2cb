// The log itself holds back what repeats itself.

#include "app/logging/log.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>

namespace pusherd::app {
namespace {

/// What is written to standard error meanwhile.
std::string stderr_of(const std::function<void()>& writes) {
    const testing::temporary_folder folder;
    const auto path = folder.path() / "log";
    const int before = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::dup2(file, STDERR_FILENO);
    writes();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    ::close(file);
    return testing::read_file(path);
}

long lines_in(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(repeats_in_the_log)

BOOST_AUTO_TEST_CASE(of_what_repeats_itself_ten_lines_are_written) {
    for (const domain::severity how_much : {domain::severity::warning, domain::severity::error}) {
        const std::string text = stderr_of([&] {
            stderr_log log(log_level::info, log_format::text);
            for (int i = 0; i < 1000; ++i) log.write(how_much, "the disk is full");
        });
        BOOST_TEST(lines_in(text) == 10, text);
    }
}

BOOST_AUTO_TEST_CASE(what_an_operator_must_see_is_written_however_often) {
    const std::string text = stderr_of([] {
        stderr_log log(log_level::info, log_format::text);
        for (int i = 0; i < 100; ++i) log.write(domain::severity::notice, "listening on 127.0.0.1:1");
        for (int i = 0; i < 100; ++i) log.write(domain::severity::critical, "broken");
    });
    BOOST_TEST(lines_in(text) == 200, text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::app
