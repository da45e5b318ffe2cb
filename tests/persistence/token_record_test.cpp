// The records of tokens and of imports.

#include "persistence/records/token_record.hpp"

#include "persistence/engine/storage_error.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace pusherd::persistence {
namespace {

const std::string longest_user = '@' + std::string(242, 'u') + ":example.org";
const std::string longest_device(255, 'D');

template <class Record>
void check_every_truncation_is_refused(const std::string& bytes) {
    for (std::size_t size = 0; size < bytes.size(); ++size)
        BOOST_TEST_CONTEXT(size << " of " << bytes.size() << " bytes")
    BOOST_CHECK_THROW((void)Record::decode(std::string(bytes, 0, size)), corrupt_record);
}

template <class Record>
void check_what_is_too_long_is_refused(const std::string& bytes) {
    for (const std::string_view more : {std::string_view("\0", 1), std::string_view("x"), std::string_view("garbage")})
        BOOST_CHECK_THROW((void)Record::decode(bytes + std::string(more)), corrupt_record);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_records)

BOOST_AUTO_TEST_CASE(a_token_comes_back_as_it_was_stored) {
    BOOST_REQUIRE_EQUAL(longest_user.size(), 255U);
    const token_record stored[] = {
        {.who = domain::role::user, .issued = 0, .import = 0, .user_id = "@u:h", .device_id = {}},
        {.who = domain::role::admin, .issued = -1, .import = 1, .user_id = longest_user, .device_id = longest_device},
        {.who = domain::role::service,
         .issued = std::numeric_limits<domain::timestamp>::max(),
         .import = 0xffffffff,
         .user_id = "a homeserver",
         .device_id = {}},
    };
    for (const token_record& each : stored) BOOST_TEST_CONTEXT(each.user_id) {
            const std::string bytes = each.encode();
            const token_record read = token_record::decode(bytes);
            BOOST_TEST((read.who == each.who));
            BOOST_TEST(read.issued == each.issued);
            BOOST_TEST(read.import == each.import);
            BOOST_TEST(read.user_id == each.user_id);
            BOOST_TEST(read.device_id == each.device_id);
        }
}

BOOST_AUTO_TEST_CASE(every_truncation_of_a_token_without_a_device_is_refused) {
    check_every_truncation_is_refused<token_record>(token_record{.user_id = longest_user, .device_id = {}}.encode());
}

// A device id that lost its end would bind the token to another device.
BOOST_AUTO_TEST_CASE(every_truncation_of_a_token_with_a_device_is_refused) {
    check_every_truncation_is_refused<token_record>(token_record{.user_id = "@u:h", .device_id = "DEVICE"}.encode());
}

BOOST_AUTO_TEST_CASE(a_token_that_is_too_long_is_refused) {
    check_what_is_too_long_is_refused<token_record>(token_record{.user_id = "@u:h", .device_id = {}}.encode());
    check_what_is_too_long_is_refused<token_record>(token_record{.user_id = "@u:h", .device_id = "D"}.encode());
    check_what_is_too_long_is_refused<token_record>(
        token_record{.user_id = longest_user, .device_id = longest_device}.encode());
}

BOOST_AUTO_TEST_CASE(a_token_of_another_version_or_an_unknown_role_or_nobody_is_refused) {
    const std::string bytes = token_record{.user_id = "@u:h", .device_id = "D"}.encode();
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}})
        for (const char value : {'\x00', '\x04', '\xff'}) {
            std::string damaged = bytes;
            damaged[at] = value;
            BOOST_CHECK_THROW((void)token_record::decode(damaged), corrupt_record);
        }
    BOOST_CHECK_THROW((void)token_record::decode(token_record{.user_id = {}, .device_id = {}}.encode()),
                      corrupt_record);
}

BOOST_AUTO_TEST_CASE(an_import_comes_back_as_it_was_stored) {
    for (const std::uint64_t staged : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}})
        BOOST_TEST(import_record::decode(import_record{staged}.encode()).staged == staged);
}

BOOST_AUTO_TEST_CASE(an_import_that_is_not_whole_is_refused) {
    std::string bytes = import_record{0x0102030405060708}.encode();
    check_every_truncation_is_refused<import_record>(bytes);
    check_what_is_too_long_is_refused<import_record>(bytes);
    bytes[0] = 2;
    BOOST_CHECK_THROW((void)import_record::decode(bytes), corrupt_record);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
