// The configuration file of the package: it can be used as it is, knows every option, and what it says of defaults is
// so.

#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>

#include <sstream>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

std::string packaged() { return read_file(PUSHERD_PACKAGED_CONFIG); }

// The file says what it is on 64 bits, and in words what it is on 32.
std::string as_on_this_machine(const std::string& line) {
    return sizeof(void*) == 4 && line == "map-size = \"16G\"" ? "map-size = \"1G\"" : line;
}

// With every option given that stands behind a #.
std::string with_all_options() {
    std::string all;
    std::istringstream in(packaged());
    for (std::string line; std::getline(in, line);)
        (all += line.starts_with('#') && !line.starts_with("# ") ? as_on_this_machine(line.substr(1)) : line) += '\n';
    return all;
}

// The long options that a command's help shows.
std::vector<std::string> options_of(const std::vector<std::string>& command) {
    std::vector<std::string> with_help = command;
    with_help.emplace_back("--help");
    std::istringstream help(run_pusherd({.arguments = with_help}).out);
    std::vector<std::string> options;
    for (std::string line; std::getline(help, line);)
        if (line.starts_with("  --")) options.push_back(line.substr(4, line.find_first_of(" ={", 4) - 4));
    return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packaged_configuration)

BOOST_AUTO_TEST_CASE(it_holds_every_option_of_the_server) {
    const auto options = options_of({"serve"});
    BOOST_TEST(options.size() > 15U);
    for (const std::string& option : options) {
        const bool is_there = with_all_options().find('\n' + option + " = ") != std::string::npos;
        BOOST_TEST((is_there || option == "config"), option);
    }
}

#if PUSHERD_METRICS  // or --metrics-listen is refused
BOOST_AUTO_TEST_CASE(what_it_shows_behind_a_hash_are_the_defaults) {
    const pusherd_folder folder;
    const std::string file = folder.file("pusherd.toml").string();
    write_file(file, packaged());
    pusherd_server server(folder.data(), {"--config", file});
    write_file(file, with_all_options());
    server.process().signal(SIGHUP);
    const std::string told = server.process().wait_for_line("again; ");
    BOOST_TEST(told.ends_with("again; changed: gateway-hosts, gateway-deny, gateway-allow-range, tls-cert, tls-key"),
               told);  // which have none
    BOOST_TEST(server.stop().status == 0);
    // Those have no default, or another one on each machine.
    std::string restart = server.process().errors();
    const std::size_t begin = restart.find("only a restart changes ");
    BOOST_TEST_REQUIRE(begin != std::string::npos);
    restart = restart.substr(begin, restart.find('\n', begin) - begin);
    BOOST_TEST(restart ==
               "only a restart changes map-size, server-name, metrics-listen, unix-group, "
               "gateway-ca, auth-client-id, auth-secret-file, auth-ca, mas-secret-file, mas-upstream, threads");
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
