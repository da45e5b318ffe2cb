// Certificates and keys: what is refused, and how they are renewed.

#include "net/tls/credentials.hpp"

#include "tests/net/tls/tls_server.hpp"
#include "tests/support/files.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace pusherd::testing {
namespace {

using net::tls::certificate_files;
using namespace std::chrono_literals;

struct some_files {
    temporary_folder folder;
    test_certificate certificate;
    certificate_files files = certificate.write(folder.path());

    void check_refused(const std::filesystem::path& culprit, const std::string& reason) const {
        BOOST_CHECK_EXCEPTION(net::tls::credentials{files}, net::tls::unusable, [&](const net::tls::unusable& failed) {
            const std::string what = failed.what();
            BOOST_TEST_MESSAGE(what);
            return what.starts_with(culprit.string() + ": ") && what.find(reason) != std::string::npos &&
                   what.find('\n') == std::string::npos;
        });
    }
};

std::string name_seen(tls_server& server) {
    tls_client fresh;
    const http_connection connection(server.server.port(), &fresh);
    return fresh.server_name();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_credentials, some_files)

BOOST_AUTO_TEST_CASE(a_pair_that_belongs_together_is_taken) { BOOST_CHECK_NO_THROW(net::tls::credentials{files}); }

BOOST_AUTO_TEST_CASE(one_file_may_hold_both) {
    write_file(files.chain, certificate.key() + certificate.certificate());
    files.key = files.chain;
    BOOST_CHECK_NO_THROW(net::tls::credentials{files});
}

BOOST_AUTO_TEST_CASE(it_tells_when_it_ends_and_whether_a_renewal_is_another_one) {
    using std::chrono::system_clock;
    net::tls::credentials used{files};
    const auto left = used.expiry() - system_clock::now();
    BOOST_TEST((left > 3590s && left <= 3600s));
    const auto same = used.read(files);
    BOOST_TEST(!used.is_another(*same));

    const auto longer = test_certificate({.ends = std::chrono::hours(48)}).write(folder.path());
    const auto renewal = used.read(longer);
    BOOST_TEST(used.is_another(*renewal));
    BOOST_TEST((used.expiry() - system_clock::now() < 2h));
    used.adopt(*renewal);
    BOOST_TEST((used.expiry() - system_clock::now() > 47h));
}

BOOST_AUTO_TEST_CASE(files_that_are_not_there_are_refused) {
    const certificate_files good = files;
    files.chain = folder.path() / "nowhere.pem";
    check_refused(files.chain, "No such file");
    files = good;
    files.key = folder.path() / "nowhere.pem";
    check_refused(files.key, "No such file");
    files.key = folder.path();
    check_refused(files.key, "folder");
}

BOOST_AUTO_TEST_CASE(files_without_a_certificate_or_a_key_are_refused) {
    for (const std::string& bytes :
         {std::string(), std::string("nonsense\n"), certificate.key(), certificate.certificate().substr(0, 200)}) {
        write_file(files.chain, bytes);
        check_refused(files.chain, "no certificate that can be used");
    }
    write_file(files.chain, certificate.certificate());
    for (const std::string& bytes : {std::string(), std::string("nonsense\n"), certificate.certificate()}) {
        write_file(files.key, bytes);
        check_refused(files.key, "no private key that can be used");
    }
}

BOOST_AUTO_TEST_CASE(the_key_of_another_certificate_is_refused) {
    write_file(files.key, test_certificate().key());
    check_refused(files.key, "not the key of the first certificate in " + files.chain.string());
    write_file(files.key, test_certificate({.kind = test_certificate::key_kind::rsa2048}).key());
    check_refused(files.key, "not the key of the first certificate in " + files.chain.string());
}

BOOST_AUTO_TEST_CASE(a_chain_in_the_wrong_order_is_refused) {
    const test_certificate root({.name = "root", .is_authority = true});
    const test_certificate leaf({}, &root);
    write_file(files.chain, root.certificate() + leaf.certificate());
    write_file(files.key, leaf.key());
    check_refused(files.key, "not the key of the first certificate");
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused) {
    using namespace std::chrono_literals;
    files = test_certificate({.begins = -2h, .ends = -1h}).write(folder.path());
    check_refused(files.chain, "expired");
}

BOOST_AUTO_TEST_CASE(an_encrypted_key_is_refused_without_asking) {
    write_file(files.key, certificate.encrypted_key());
    check_refused(files.key, "encrypted");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(tls_reload, tls_server)

BOOST_AUTO_TEST_CASE(new_connections_see_the_new_certificate_and_old_ones_go_on) {
    http_connection old = connect();
    old.send(request("GET", "/health"));
    BOOST_TEST(old.read_answer().status == 200);
    BOOST_TEST(name_seen(*this) == "localhost");
    static_cast<void>(test_certificate({.name = "renewed"}).write(folder.path()));
    BOOST_TEST(name_seen(*this) == "localhost");
    server.credentials().reload();
    BOOST_TEST(name_seen(*this) == "renewed");
    for (int i = 0; i < 3; ++i) {
        old.send(request("GET", "/health"));
        BOOST_TEST(old.read_answer().status == 200);
    }
}

BOOST_AUTO_TEST_CASE(after_a_reload_that_fails_everything_is_as_it_was) {
    const auto good = read_file(folder.path() / "chain.pem");
    write_file(folder.path() / "chain.pem", test_certificate({.name = "another"}).certificate());
    BOOST_CHECK_THROW(server.credentials().reload(), net::tls::unusable);
    BOOST_TEST(name_seen(*this) == "localhost");
    write_file(folder.path() / "chain.pem", good);
    BOOST_CHECK_NO_THROW(server.credentials().reload());
    BOOST_TEST(http().get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(reloads_while_clients_come_and_go_harm_nobody) {
    std::atomic<bool> is_over = false;
    std::atomic<int> good = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&] {
            tls_client own({.resumes = true});
            while (!is_over)
                if (http_client(server.port(), {}, &own).get("/health").status == 200) ++good;
        });
    for (int i = 0; i < 50; ++i) server.credentials().reload();
    BOOST_TEST(eventually([&] { return good > 50; }));
    is_over = true;
    for (std::thread& each : clients) each.join();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
