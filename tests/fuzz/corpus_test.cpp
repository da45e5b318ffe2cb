// Feeds every target the inputs that are kept for it: seeds, what libFuzzer has learnt from, and what once broke
// something.

#include "tests/fuzz/targets.hpp"
#include "tests/support/files.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <iterator>
#include <string>

namespace pusherd::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path corpora = PUSHERD_FUZZ_FOLDER "/corpus";
const fs::path finds = PUSHERD_FUZZ_FOLDER "/found";  // of a run, not looked into yet

std::size_t feed(const target& to, const fs::path& folder) {
    std::size_t fed = 0;
    for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
        const std::string input = testing::read_file(file.path());
        try {
            to.check(input);
        } catch (const std::exception& problem) {
            BOOST_ERROR(file.path().string() << ": " << problem.what());
        }
        ++fed;
    }
    return fed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fuzz_corpora)

BOOST_AUTO_TEST_CASE(what_must_hold_holds_for_every_input_that_is_kept) {
    for (const target& each : targets) {
        BOOST_TEST_CONTEXT(each.name) {
            BOOST_TEST(feed(each, corpora / each.name) >= 5U);
            if (fs::exists(finds / each.name)) (void)feed(each, finds / each.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_corpus_has_its_target) {
    for (const fs::directory_entry& folder : fs::directory_iterator(corpora)) {
        const std::string name = folder.path().filename().string();
        const bool is_known =
            std::any_of(std::begin(targets), std::end(targets), [&](const target& each) { return each.name == name; });
        BOOST_TEST(is_known, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::fuzz
