// The `main` of every test executable.
#define BOOST_TEST_MODULE pusherd
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include <cstdlib>

int main(int argc, char* argv[]) {
    // Boost.Test would take over the signals: a child that exits with 1 would fail the test that started it, and a
    // sanitizer or a core file would not see a crash. The environment and --catch_system_errors still have their say.
    ::setenv("BOOST_TEST_CATCH_SYSTEM_ERRORS", "no", 0);
    return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
