// Unix sockets to listen on: who finds what there, and what is left behind.

#include "net/server/listener.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace pusherd::net {
namespace {

namespace fs = std::filesystem;
using namespace testing;

std::string own_group() { return ::getgrgid(::getegid())->gr_name; }

struct socket_folder {
    temporary_folder folder;
    fs::path path = folder.path() / "http";
    std::string address = "unix:" + path.string();

    [[nodiscard]] auto open(const socket_permissions& permissions = {}) const {
        return listening_sockets({address}, permissions).open();
    }

    [[nodiscard]] bool takes_connections() const {
        const connection_socket client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un to{};
        to.sun_family = AF_UNIX;
        path.string().copy(to.sun_path, sizeof to.sun_path - 1);
        return ::connect(client.descriptor(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }

    // As a server that was killed leaves it.
    void leave_a_dead_socket() const {
        auto opened = open();
        fs::rename(path, path.string() + ".kept");
        opened.clear();
        fs::rename(path.string() + ".kept", path);
    }

    void check_refused(const std::string& reason) const {
        BOOST_CHECK_EXCEPTION(listening_sockets({address}), cannot_listen, [&](const cannot_listen& failed) {
            const std::string what = failed.what();
            return what.starts_with(address + ": ") && what.find(reason) != std::string::npos;
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unix_sockets, socket_folder)

BOOST_AUTO_TEST_CASE(it_is_opened_and_its_file_goes_with_it) {
    listening_sockets sockets({address});
    BOOST_TEST(sockets.addresses().front() == address);
    BOOST_TEST(!fs::exists(path));  // nothing is changed before
    {
        const auto opened = sockets.open();
        BOOST_TEST(takes_connections());
    }
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(its_file_has_the_mode_that_was_asked_for) {
    for (const mode_t mode : {0660U, 0600U, 0666U, 0000U}) {
        const auto opened = open({.mode = mode});
        BOOST_TEST(mode_of(path) == mode);
    }
}

BOOST_AUTO_TEST_CASE(a_group_that_is_not_there_is_refused) {
    const socket_permissions strangers{.group = "no-such-group"};
    BOOST_CHECK_THROW(listening_sockets({address}, strangers), cannot_listen);
    const auto opened = open({.group = own_group()});
    BOOST_TEST(takes_connections());
}

BOOST_AUTO_TEST_CASE(what_a_dead_server_left_is_replaced) {
    leave_a_dead_socket();
    BOOST_TEST(fs::is_socket(path));
    BOOST_TEST(!takes_connections());
    const auto opened = open();
    BOOST_TEST(takes_connections());
}

BOOST_AUTO_TEST_CASE(a_living_server_is_left_alone) {
    const auto first = open();
    check_refused("already");
    BOOST_TEST(takes_connections());
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_is_left_alone) {
    write_file(path, "precious");
    check_refused("no socket");
    BOOST_TEST(read_file(path) == "precious");
    fs::remove(path);
    fs::create_symlink(folder.path() / "elsewhere", path);
    check_refused("no socket");
    fs::remove(path);
    fs::create_directory(path);
    check_refused("no socket");
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_told) {
    address = "unix:" + (folder.path() / "nowhere" / "http").string();
    BOOST_CHECK_THROW(listening_sockets({address}).open(), cannot_listen);
}

BOOST_AUTO_TEST_CASE(the_file_of_somebody_else_stays) {
    {
        const auto opened = open();
        fs::remove(path);
        write_file(path, "somebody else's");
    }
    BOOST_TEST(read_file(path) == "somebody else's");
}

BOOST_AUTO_TEST_CASE(paths_that_are_none_are_refused) {
    for (const std::string& text :
         {std::string("unix:"), std::string("unix:relative"), std::string("unix:/"), std::string("unix:/folder/"),
          "unix:/" + std::string(107, 'x'), std::string("unix:127.0.0.1:8008"), std::string("tls:unix:/path")})
        BOOST_TEST(check_listen_address(text).starts_with(text + ": "), text);
    BOOST_TEST(check_listen_address("unix:/" + std::string(106, 'x')) == "");
}

BOOST_AUTO_TEST_CASE(addresses_of_tls_are_checked_like_others_and_told_apart) {
    for (const char* text : {"tls:", "tls:8008", "tls::8008", "tls:127.0.0.1", "tls:127.0.0.1:x", "tls:::1:8008"})
        BOOST_TEST(check_listen_address(text).starts_with(std::string(text) + ": "), text);
    for (const char* text : {"tls:127.0.0.1:0", "tls:[::1]:8448", "tls:localhost:8448"})
        BOOST_TEST(check_listen_address(text) == "", text);
    listening_sockets sockets({"tls:127.0.0.1:0", "127.0.0.1:0"});
    BOOST_TEST(sockets.addresses()[0].ends_with(" (TLS)"));
    BOOST_TEST(!sockets.addresses()[1].ends_with(" (TLS)"));
    const auto opened = sockets.open();
    BOOST_TEST(opened[0].is_tls);
    BOOST_TEST(!opened[1].is_tls);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
