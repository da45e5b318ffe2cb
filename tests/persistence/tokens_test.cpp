// Issuing, listing and finding access tokens.

#include "persistence/registry/tokens.hpp"

#include "persistence/engine/storage_error.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace pusherd::persistence {
namespace {

struct listed {
    std::string user_id;
    std::string device_id;
    domain::role who;
    domain::timestamp issued;
};

struct tokens_of_three : testing::scratch_database {
    testing::session phone = testing::log_in(db(), "@alice:h", "PHONE", domain::role::user, 10);
    testing::session nowhere = testing::log_in(db(), "@alice:h", "", domain::role::admin, 20);
    testing::session bob = testing::log_in(db(), "@bob:h", "PHONE", domain::role::user, 30);
    testing::session service = testing::log_in(db(), "homeserver", "", domain::role::service, 40);

    std::map<domain::token_digest, listed> list(const std::optional<std::string>& user_id = std::nullopt) {
        std::map<domain::token_digest, listed> all;
        list_tokens(db(), user_id, [&](const domain::token_digest& token, const token_record& record) {
            const bool is_new = all.emplace(token, listed{std::string(record.user_id), std::string(record.device_id),
                                                          record.who, record.issued})
                                    .second;
            BOOST_TEST(is_new);
        });
        return all;
    }

    static std::string id_of(const testing::session& of) { return to_hex(as_bytes(of.who.token)); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tokens, tokens_of_three)

BOOST_AUTO_TEST_CASE(every_token_is_another_of_at_least_256_bits_that_passes_a_query_string) {
    constexpr std::string_view unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    constexpr std::size_t characters_of_256_bits = 43;  // base64
    std::set<std::string> issued;
    for (int i = 0; i < 200; ++i) {
        const std::string token = issue_token(db(), {"@alice:h", ""}, 1);
        BOOST_TEST(token.find_first_not_of(unreserved) == std::string::npos);
        BOOST_TEST(token.size() >= characters_of_256_bits);
        issued.insert(token.substr(token.size() - characters_of_256_bits));
    }
    BOOST_TEST(issued.size() == 200U);
}

BOOST_AUTO_TEST_CASE(the_token_itself_is_not_stored) {
    for (const auto& [name, bytes] : testing::contents_of(folder())) BOOST_TEST_CONTEXT(name)
    for (const auto* each : {&phone, &nowhere, &bob, &service})
        BOOST_TEST(bytes.find(each->token.substr(each->token.size() - 20)) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(all_valid_tokens_are_listed_with_what_they_were_issued_for) {
    const auto all = list();
    BOOST_REQUIRE_EQUAL(all.size(), 4U);
    BOOST_TEST(all.at(phone.who.token).user_id == "@alice:h");
    BOOST_TEST(all.at(phone.who.token).device_id == "PHONE");
    BOOST_TEST((all.at(phone.who.token).who == domain::role::user));
    BOOST_TEST(all.at(phone.who.token).issued == 10);
    BOOST_TEST(all.at(nowhere.who.token).device_id.empty());
    BOOST_TEST((all.at(nowhere.who.token).who == domain::role::admin));
    BOOST_TEST(all.at(service.who.token).user_id == "homeserver");
    BOOST_TEST((all.at(service.who.token).who == domain::role::service));
}

BOOST_AUTO_TEST_CASE(the_tokens_of_one_user_are_listed_alone) {
    const auto alices = list("@alice:h");
    BOOST_TEST(alices.size() == 2U);
    BOOST_TEST(alices.contains(phone.who.token));
    BOOST_TEST(alices.contains(nowhere.who.token));
    BOOST_TEST(list("@bob:h").size() == 1U);
    BOOST_TEST(list("@nobody:h").empty());
    BOOST_TEST(list("@alice").empty());
}

BOOST_AUTO_TEST_CASE(a_revoked_token_is_not_listed) {
    (void)revoke_token(db(), phone.who.token);
    BOOST_TEST(!list().contains(phone.who.token));
    BOOST_TEST(list("@alice:h").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_is_found_by_the_beginning_of_its_digest) {
    const std::string id = id_of(bob);
    for (const std::size_t digits : {8U, 9U, 31U, 63U, 64U}) BOOST_TEST_CONTEXT(digits << " digits") {
            const auto found = find_tokens(db(), id.substr(0, digits));
            BOOST_REQUIRE_EQUAL(found.size(), 1U);
            BOOST_TEST((found[0] == bob.who.token));
        }
    std::string upper = id.substr(0, 9);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    BOOST_TEST(find_tokens(db(), upper).size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_no_short_id_finds_nothing) {
    const std::string id = id_of(bob);
    for (const std::string& wrong : {std::string(), id.substr(0, 7), id.substr(0, 7) + "x", id.substr(0, 8) + "g",
                                     id + "0", id + std::string(2000, '0'), " " + id.substr(0, 8), bob.token})
        BOOST_TEST_CONTEXT(wrong) BOOST_TEST(find_tokens(db(), wrong).empty());
}

BOOST_AUTO_TEST_CASE(an_odd_number_of_digits_counts_to_the_last) {
    std::string id = id_of(bob).substr(0, 9);
    id.back() = id.back() == '0' ? '1' : '0';
    BOOST_TEST(find_tokens(db(), id).empty());
}

BOOST_AUTO_TEST_CASE(a_short_id_of_several_tokens_finds_two_of_them) {
    write_txn txn(db().env());
    for (unsigned char last = 0; last < 5; ++last) {
        domain::token_digest digest{};
        digest.back() = last;
        txn.put(db().all().tokens, token_key{digest}, token_record{.user_id = "@carol:h", .device_id = {}}.encode());
    }
    txn.commit();
    BOOST_TEST(find_tokens(db(), "00000000").size() == 2U);
    BOOST_TEST(find_tokens(db(), std::string(62, '0') + "04").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_revoked_token_is_not_found) {
    (void)revoke_token(db(), bob.who.token);
    BOOST_TEST(find_tokens(db(), id_of(bob)).empty());
}

BOOST_AUTO_TEST_CASE(tokens_of_the_longest_ids_are_issued_and_listed) {
    const std::string user = '@' + std::string(242, 'u') + ":example.org";
    const auto longest = testing::log_in(db(), user, std::string(255, 'd'));
    BOOST_TEST(list(user).at(longest.who.token).user_id == user);
    BOOST_TEST(list(user).at(longest.who.token).device_id == std::string(255, 'd'));
    BOOST_TEST(testing::faults_of(db()).empty());
}

BOOST_AUTO_TEST_CASE(a_token_under_a_key_that_is_no_digest_is_reported_as_corrupt) {
    {
        const table<meta_key, meta_record> raw{db().all().tokens.handle};
        write_txn txn(db().env());
        txn.put(raw, meta_key{std::string(100, '\0')}, token_record{.user_id = "@u:h", .device_id = {}}.encode());
        txn.commit();
    }
    BOOST_CHECK_THROW((void)list(), corrupt_record);
    BOOST_CHECK_THROW((void)find_tokens(db(), "00000000"), corrupt_record);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
