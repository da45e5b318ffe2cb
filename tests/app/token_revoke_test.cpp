#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

using numbers = std::vector<std::uint64_t>;

const std::string alice = "@alice:example.org";
const std::string email_body =
    R"({"kind":"email","app_id":"m.email","pushkey":"a@example.org","app_display_name":"","device_display_name":"",)"
    R"("lang":"en","data":{}})";

/// Alice: two tokens of her phone, one of her browser, one of no device; each has set an http pusher, the first phone
/// one an email pusher as well. Bob has a pusher, too.
struct alice_with_devices {
    alice_with_devices() {
        folder.print({"token", "import", "-"},
                     "phone-1\t@alice:example.org\tPHONE\nphone-2\t@alice:example.org\tPHONE\n"
                     "web\t@alice:example.org\tWEB\nnone\t@alice:example.org\nbob\t@bob:example.org\tPHONE\n");
        pusherd_server server(folder.data());
        for (const char* token : {"phone-1", "phone-2", "web", "none", "bob"})
            BOOST_TEST(server.client(token).set(pusher_body("org.example.app", token)).status == 200);
        BOOST_TEST(server.client("phone-1").set(email_body).status == 200);
    }

    numbers revoke(std::vector<std::string> how, const std::string& input = {}) const {
        how.insert(how.begin(), {"token", "revoke"});
        return numbers_in(folder.print(how, input));
    }
    [[nodiscard]] std::string keys_of(const std::string& token) const {
        pusherd_server server(folder.data());
        const answer list = server.client(token).get();
        return list.status == 200 ? pushkeys_in(list) : list.errcode();
    }

    pusherd_folder folder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(token_revoke)

BOOST_AUTO_TEST_CASE(a_token_is_revoked_and_the_pushers_of_its_device_stay_while_it_has_another_token) {
    const alice_with_devices use;
    BOOST_TEST((use.revoke({"phone-1"}) == numbers{1, 0}));
    BOOST_TEST(use.keys_of("phone-1") == "M_UNKNOWN_TOKEN");
    BOOST_TEST(use.keys_of("phone-2") == "phone-1 phone-2 web none a@example.org ");
}

BOOST_AUTO_TEST_CASE(with_a_devices_last_token_its_http_pushers_go_and_email_stays) {
    const alice_with_devices use;
    BOOST_TEST((use.revoke({"phone-1"}) == numbers{1, 0}));
    BOOST_TEST((use.revoke({"phone-2"}) == numbers{1, 2}));
    BOOST_TEST(use.keys_of("web") == "web none a@example.org ");
    BOOST_TEST(use.keys_of("bob") == "bob ");
}

BOOST_AUTO_TEST_CASE(a_token_without_a_device_takes_no_pusher_along) {
    const alice_with_devices use;
    BOOST_TEST((use.revoke({"none"}) == numbers{1, 0}));
    BOOST_TEST(use.keys_of("web") == "phone-1 phone-2 web none a@example.org ");
}

BOOST_AUTO_TEST_CASE(a_minus_reads_the_token_from_standard_input) {
    const alice_with_devices use;
    BOOST_TEST((use.revoke({"-"}, "web") == numbers{1, 1}));
    BOOST_TEST((use.revoke({"-"}, "phone-1\n") == numbers{1, 0}));
    BOOST_TEST((use.revoke({"-"}, "phone-2\r\n") == numbers{1, 2}));
    BOOST_TEST(use.keys_of("none") == "none a@example.org ");
}

BOOST_AUTO_TEST_CASE(a_short_id_names_a_token) {
    const pusherd_folder folder;
    folder.print({"token", "import", "-"}, "abc\t@alice:example.org\nother\t@alice:example.org\n");
    // sha256("abc") is the first example of FIPS 180-2.
    BOOST_TEST((numbers_in(folder.print({"token", "revoke", "--id", "ba7816bf"})) == numbers{1, 0}));
    BOOST_TEST(folder.stat("tokens") == 1U);
    const process_end again = folder.run({"token", "revoke", "--id", "ba7816bf"});
    BOOST_TEST(again.is_refusal());
    BOOST_TEST(folder.run({"token", "revoke", "--id", "ba78"}).is_refusal());
    BOOST_TEST(folder.stat("tokens") == 1U);
}

BOOST_AUTO_TEST_CASE(every_id_that_the_list_shows_can_be_revoked) {
    const pusherd_folder folder;
    for (int i = 0; i < 5; ++i) (void)folder.issue(alice);
    folder.print({"token", "issue", "--service", "homeserver"});
    const std::string list = folder.print({"token", "list"});
    for (std::size_t at = 0; at < list.size(); at = list.find('\n', at) + 1)
        BOOST_TEST((numbers_in(folder.print({"token", "revoke", "--id", list.substr(at, 8)})) == numbers{1, 0}));
    BOOST_TEST(folder.print({"token", "list"}) == "");
    BOOST_TEST(folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(a_device_is_revoked_with_all_its_tokens_and_http_pushers) {
    const alice_with_devices use;
    BOOST_TEST((use.revoke({"--user", alice, "--device", "PHONE"}) == numbers{2, 2}));
    BOOST_TEST(use.keys_of("phone-1") == "M_UNKNOWN_TOKEN");
    BOOST_TEST(use.keys_of("phone-2") == "M_UNKNOWN_TOKEN");
    BOOST_TEST(use.keys_of("web") == "web none a@example.org ");
    BOOST_TEST(use.keys_of("bob") == "bob ");
    BOOST_TEST((use.revoke({"--user", alice, "--device", "PHONE"}) == numbers{0, 0}));
}

BOOST_AUTO_TEST_CASE(a_user_is_revoked_with_all_tokens_and_all_http_pushers_and_email_stays) {
    const alice_with_devices use;
    BOOST_TEST((use.revoke({"--user", alice}) == numbers{4, 4}));
    for (const char* token : {"phone-1", "phone-2", "web", "none"}) BOOST_TEST(use.keys_of(token) == "M_UNKNOWN_TOKEN");
    BOOST_TEST(use.keys_of(use.folder.issue(alice)) == "a@example.org ");
    BOOST_TEST(use.keys_of("bob") == "bob ");
    BOOST_TEST(use.folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(an_empty_device_is_not_taken_for_the_whole_user) {
    const alice_with_devices use;
    BOOST_TEST(use.folder.run({"token", "revoke", "--user", alice, "--device", ""}).status == 2);
    BOOST_TEST(use.keys_of("web") == "phone-1 phone-2 web none a@example.org ");
}

BOOST_AUTO_TEST_CASE(an_unknown_token_is_exit_1_and_one_line_that_does_not_show_it) {
    const alice_with_devices use;
    const process_end end = use.folder.run({"token", "revoke", "my-secret"});
    BOOST_TEST(end.is_refusal());
    BOOST_TEST(end.err.find("my-secret") == std::string::npos);
    BOOST_TEST(use.folder.run({"token", "revoke", "-"}, "my-secret\n").is_refusal());
    BOOST_TEST(use.folder.run({"token", "revoke", "-"}, "").is_refusal());
    BOOST_TEST(use.folder.run({"token", "revoke", ""}).status != 0);
    BOOST_TEST(use.folder.run({"token", "revoke", "--id", ""}).status != 0);
    BOOST_TEST(use.folder.run({"token", "revoke", "--user", ""}).status != 0);
    BOOST_TEST(use.folder.stat("tokens") == 5U);
}

BOOST_AUTO_TEST_CASE(an_unknown_user_or_device_is_exit_0_and_zeros) {
    const alice_with_devices use;
    BOOST_TEST((use.revoke({"--user", "@nobody:example.org"}) == numbers{0, 0}));
    BOOST_TEST((use.revoke({"--user", alice, "--device", "UNKNOWN"}) == numbers{0, 0}));
    BOOST_TEST((use.revoke({"--user", "@nobody:example.org", "--device", "PHONE"}) == numbers{0, 0}));
    BOOST_TEST(use.folder.stat("tokens") == 5U);
}

BOOST_AUTO_TEST_CASE(it_never_creates_a_database) {
    const pusherd_folder folder;
    for (const std::vector<std::string>& how :
         std::vector<std::vector<std::string>>{{"token", "revoke", "token"},
                                               {"token", "revoke", "--id", "01234567"},
                                               {"token", "revoke", "--user", alice}}) {
        BOOST_TEST(folder.run(how).is_refusal());
        BOOST_TEST(!std::filesystem::exists(folder.data()));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(user_remove)

BOOST_AUTO_TEST_CASE(a_users_tokens_and_all_pushers_go) {
    const alice_with_devices use;
    BOOST_TEST((numbers_in(use.folder.print({"user", "remove", alice})) == numbers{4, 5}));
    BOOST_TEST(use.keys_of("phone-1") == "M_UNKNOWN_TOKEN");
    BOOST_TEST(use.keys_of(use.folder.issue(alice)) == "");
    BOOST_TEST(use.keys_of("bob") == "bob ");
    BOOST_TEST(use.folder.print({"verify"}).starts_with("ok"));
}

BOOST_AUTO_TEST_CASE(a_user_who_is_not_there_is_exit_0_and_zeros) {
    const alice_with_devices use;
    BOOST_TEST((numbers_in(use.folder.print({"user", "remove", "@nobody:example.org"})) == numbers{0, 0}));
    BOOST_TEST(use.folder.stat("pushers") == 6U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
