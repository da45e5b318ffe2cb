// The keys of the tables, and the order in which LMDB keeps them.

#include "persistence/records/keys.hpp"

#include "persistence/engine/storage_error.hpp"
#include "persistence/engine/transaction.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::persistence {
namespace {

const std::string longest_user = '@' + std::string(242, 'u') + ":example.org";
const std::string longest_device(255, 'D');
const std::string longest_pushkey(512, 'k');

template <class Key>
std::string bytes_of(const Key& key) {
    key_buffer buffer;
    return std::string(encode(key, buffer));
}

// What a table holds below a prefix, in LMDB's order.
template <class Key>
std::vector<std::string> keys_below(const std::vector<Key>& keys, std::string_view prefix) {
    const testing::temporary_folder folder;
    environment env(folder.path(), {.map_size = 1 << 20, .sync = false});
    write_txn txn(env);
    const auto entries = txn.create<table<Key, no_record>>("entries");
    for (const Key& each : keys) txn.put(entries, each, "");
    std::vector<std::string> found;
    txn.scan(entries, prefix, [&](std::string_view key, std::string_view) {
        found.emplace_back(key);
        return true;
    });
    return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(sha256_gives_the_digests_of_the_standard) {
    BOOST_TEST(to_hex(as_bytes(sha256(""))) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(to_hex(as_bytes(sha256("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(an_id_is_digested_to_the_first_half_of_its_sha256) {
    BOOST_TEST(to_hex(as_bytes(digest_of("abc"))) == "ba7816bf8f01cfea414140de5dae2223");
}

BOOST_AUTO_TEST_CASE(pusher_keys_that_are_the_same_when_joined_have_other_digests) {
    const auto digest = [](std::string app_id, std::string pushkey) {
        return to_hex(as_bytes(digest_of(domain::pusher_key{std::move(app_id), std::move(pushkey)})));
    };
    BOOST_TEST(digest("ab", "c") == digest("ab", "c"));
    BOOST_TEST(digest("ab", "c") != digest("a", "bc"));
    BOOST_TEST(digest("ab", "c") != digest("abc", ""));
    BOOST_TEST(digest("a", longest_pushkey) != digest("a", longest_pushkey.substr(1)));
}

BOOST_AUTO_TEST_CASE(keys_of_the_longest_ids_fit_and_come_back) {
    BOOST_REQUIRE_EQUAL(longest_user.size(), 255U);
    BOOST_TEST(bytes_of(user_key{longest_user}) == longest_user);

    const digest128 pusher = digest_of(domain::pusher_key{std::string(256, 'a'), longest_pushkey});
    const std::string holder_bytes = bytes_of(holder_key{pusher, longest_user});
    BOOST_TEST(holder_bytes.size() <= max_key_bytes);
    const holder_key holder = decode_holder_key(holder_bytes);
    BOOST_TEST(as_bytes(holder.pusher) == as_bytes(pusher));
    BOOST_TEST(holder.user_id == longest_user);

    const session_key session{digest_of(longest_user), digest_of(longest_device), sha256("token")};
    const session_key read = decode_session_key(bytes_of(session));
    BOOST_TEST(as_bytes(read.user) == as_bytes(session.user));
    BOOST_TEST(as_bytes(read.device) == as_bytes(session.device));
    BOOST_TEST(as_bytes(read.token) == as_bytes(session.token));
}

BOOST_AUTO_TEST_CASE(every_truncation_of_a_session_key_is_refused_and_so_is_a_longer_one) {
    const std::string bytes = bytes_of(session_key{digest_of("u"), digest_of("d"), sha256("t")});
    for (std::size_t size = 0; size < bytes.size(); ++size)
        BOOST_CHECK_THROW((void)decode_session_key(std::string(bytes, 0, size)), corrupt_record);
    BOOST_CHECK_THROW((void)decode_session_key(bytes + 'x'), corrupt_record);
}

BOOST_AUTO_TEST_CASE(a_holder_key_without_a_whole_digest_or_without_a_user_is_refused) {
    const std::string bytes = bytes_of(holder_key{digest_of("k"), "@u:h"});
    for (std::size_t size = 0; size <= sizeof(digest128); ++size) BOOST_TEST_CONTEXT(size << " bytes")
    BOOST_CHECK_THROW((void)decode_holder_key(std::string(bytes, 0, size)), corrupt_record);
}

BOOST_AUTO_TEST_CASE(a_key_that_lmdb_would_not_take_is_an_error) {
    BOOST_TEST(bytes_of(meta_key{std::string(max_key_bytes, 'x')}).size() == max_key_bytes);
    BOOST_CHECK_THROW((void)bytes_of(meta_key{std::string(max_key_bytes + 1, 'x')}), std::length_error);
}

BOOST_AUTO_TEST_CASE(the_holders_of_a_pusher_key_stand_together_in_the_order_of_their_user_ids) {
    const digest128 one = digest_of("one");
    const digest128 other = digest_of("other");
    const std::vector<holder_key> unordered = {{one, "@b:h"},   {other, "@a:h"},     {one, "@a:h"},
                                               {other, "@c:h"}, {one, longest_user}, {one, "@a:h.org"}};
    const std::vector<std::string> expected = {bytes_of(holder_key{one, "@a:h"}), bytes_of(holder_key{one, "@a:h.org"}),
                                               bytes_of(holder_key{one, "@b:h"}),
                                               bytes_of(holder_key{one, longest_user})};
    BOOST_TEST(keys_below(unordered, as_bytes(one)) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_tokens_of_a_user_stand_together_and_within_them_those_of_a_device) {
    const auto key = [](std::string_view user, std::string_view device, std::string_view token) {
        return session_key{digest_of(user), digest_of(device), sha256(token)};
    };
    const std::vector<session_key> unordered = {key("a", "1", "t1"), key("b", "1", "t2"), key("a", "2", "t3"),
                                                key("a", "1", "t4"), key("b", "", "t5"),  key("a", "", "t6")};
    const std::string user(as_bytes(digest_of("a")));
    BOOST_TEST(keys_below(unordered, user).size() == 4U);
    for (const std::string& each : keys_below(unordered, user)) BOOST_TEST(each.starts_with(user));
    BOOST_TEST(keys_below(unordered, user + std::string(as_bytes(digest_of("1")))).size() == 2U);
    BOOST_TEST(keys_below(unordered, user + std::string(as_bytes(digest_of("")))).size() == 1U);
}

BOOST_AUTO_TEST_CASE(imports_have_keys_of_their_own) {
    BOOST_TEST(bytes_of(import_key{1}) == bytes_of(import_key{1}));
    for (const std::uint32_t other : {0U, 2U, 256U, 0x01000000U})
        BOOST_TEST(bytes_of(import_key{1}) != bytes_of(import_key{other}));
}

BOOST_AUTO_TEST_CASE(hexadecimal_has_two_lower_case_digits_a_byte) {
    BOOST_TEST(to_hex(std::string_view("\x00\x0f\xa0\xff", 4)) == "000fa0ff");
    BOOST_TEST(to_hex("").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
