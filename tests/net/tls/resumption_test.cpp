// Sessions that are resumed by tickets, and the keys of those.

#include "net/bounds.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/ticket_keys.hpp"
#include "tests/net/tls/tls_server.hpp"

#include <openssl/ssl.h>

#include <optional>
#include <string>

namespace pusherd::testing {
namespace {

using net::bounds::ticket_key_lifetime;

struct some_ticket_keys {
    some_ticket_keys() { net::tls::load_openssl(); }

    net::tls::ticket_keys keys;
    net::clock::time_point begin = net::clock::now();
};

void ask(tls_server& server, tls_client& client) {
    BOOST_TEST(http_client(server.server.port(), {}, &client).get("/health").status == 200);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_resumption, tls_server)

BOOST_AUTO_TEST_CASE(a_session_is_resumed_in_either_version) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        tls_client again({.lowest = version, .highest = version, .resumes = true});
        ask(*this, again);
        BOOST_TEST(!again.was_resumed());
        for (int i = 0; i < 3; ++i) {
            ask(*this, again);
            BOOST_TEST(again.was_resumed());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_handshake_gives_one_ticket) {
    ask(*this, client);
    BOOST_TEST(client.tickets() == 1);
    ask(*this, client);
    BOOST_TEST(client.tickets() == 2);
    tls_client again({.lowest = TLS1_3_VERSION, .resumes = true});
    for (int i = 1; i <= 3; ++i) {  // a resumed session gives a new one, for one use each
        ask(*this, again);
        BOOST_TEST(again.tickets() == i);
    }
}

BOOST_AUTO_TEST_CASE(a_ticket_outlives_a_renewed_certificate_but_not_the_server) {
    tls_client again({.resumes = true});
    ask(*this, again);
    static_cast<void>(test_certificate().write(folder.path()));
    server.credentials().reload();
    ask(*this, again);
    BOOST_TEST(again.was_resumed());
    tls_server other;
    ask(other, again);
    BOOST_TEST(!again.was_resumed());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(ticket_keys, some_ticket_keys)

BOOST_AUTO_TEST_CASE(one_key_seals_for_its_lifetime) {
    const auto first = keys.to_seal(begin);
    BOOST_TEST_REQUIRE(first.has_value());
    const auto later = keys.to_seal(begin + ticket_key_lifetime - std::chrono::seconds(1));
    BOOST_TEST((later->name == first->name && later->encryption == first->encryption));
    const auto next = keys.to_seal(begin + ticket_key_lifetime);
    BOOST_TEST((next->name != first->name));
    BOOST_TEST((next->encryption != first->encryption && next->authentication != first->authentication));
}

BOOST_AUTO_TEST_CASE(it_opens_for_as_long_again_and_is_gone_then) {
    const auto first = keys.to_seal(begin);
    BOOST_TEST(keys.to_open(first->name, begin)->is_fresh);
    const auto stale = keys.to_open(first->name, begin + ticket_key_lifetime);
    BOOST_TEST_REQUIRE(stale.has_value());
    BOOST_TEST(!stale->is_fresh);
    BOOST_TEST((stale->with.encryption == first->encryption));
    BOOST_TEST(keys.to_open(first->name, begin + 2 * ticket_key_lifetime - std::chrono::seconds(1)).has_value());
    BOOST_TEST(!keys.to_open(first->name, begin + 2 * ticket_key_lifetime).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_that_nobody_needed_for_long_is_gone_as_well) {
    const auto first = keys.to_seal(begin);
    BOOST_TEST(!keys.to_open(first->name, begin + 10 * ticket_key_lifetime).has_value());
    BOOST_TEST((keys.to_seal(begin + 10 * ticket_key_lifetime)->name != first->name));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_opens_nothing) {
    BOOST_TEST(!keys.to_open({}, begin).has_value());
    const auto first = keys.to_seal(begin);
    auto name = first->name;
    name.back() ^= 1;
    BOOST_TEST(!keys.to_open(name, begin).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
