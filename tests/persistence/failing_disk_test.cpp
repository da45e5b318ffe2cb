// A disk that takes no more. A limit on the size of files stands for it: the kernel refuses the write.

#include "persistence/engine/storage_error.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <string>

namespace pusherd::persistence {
namespace {

using testing::set_of;

/// No file of this process grows beyond so many bytes.
class file_size_limit {
public:
    explicit file_size_limit(std::uintmax_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limited = before_;
        limited.rlim_cur = static_cast<rlim_t>(bytes);
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~file_size_limit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(failing_disk)

BOOST_AUTO_TEST_CASE(a_set_that_the_disk_does_not_take_leaves_all_as_it_was_until_there_is_room) {
    testing::scratch_store scratch;
    const testing::session alice = scratch.log_in("@alice:h");
    BOOST_TEST(scratch.set(alice, set_of("before")) == "created");
    const auto before = testing::last_transaction(scratch.db());
    const std::string large(200'000, 'x');
    {
        const file_size_limit full(std::filesystem::file_size(scratch.db().folder() / "data.mdb"));
        BOOST_CHECK_THROW((void)scratch.set(alice, set_of("k", {.lang = large})), testing::storage_failed);
    }
    BOOST_TEST(testing::last_transaction(scratch.db()) == before);
    BOOST_TEST(scratch.pushkeys_of(alice) == "before ");
    BOOST_TEST(testing::faults_of(scratch.db()).empty());
    BOOST_REQUIRE_EQUAL(scratch.log().lines().size(), 1U);
    BOOST_TEST((scratch.log().lines()[0].how_much == domain::severity::error));

    BOOST_TEST(scratch.set(alice, set_of("k", {.lang = large})) == "created");
    BOOST_TEST(scratch.pushkeys_of(alice) == "before k ");
    BOOST_TEST(testing::faults_of(scratch.db()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
