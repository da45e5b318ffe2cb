// The record that holds all pushers of a user.

#include "persistence/records/user_record.hpp"

#include "domain/pusher.hpp"
#include "persistence/engine/storage_error.hpp"
#include "persistence/records/bytes.hpp"
#include "tests/support/schema_1.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::persistence {
namespace {

struct sample {
    std::string device_id;
    std::string shown;
    registration stored;  // without its views
};

sample sample_of(std::string app_id, std::string pushkey, std::string device_id, domain::pusher_kind kind,
                 domain::timestamp created, domain::timestamp updated) {
    const domain::pusher what{.key = {std::move(app_id), std::move(pushkey)},
                              .kind = kind,
                              .app_display_name = "App",
                              .device_display_name = "\"Device\", quoted",
                              .lang = "en",
                              .profile_tag = "",
                              .data = R"({"format":"event_id_only","n":1e400})"};
    return {std::move(device_id), domain::show(what), {digest_of(what.key), created, updated, kind}};
}

std::vector<sample> samples() {
    using limit = std::numeric_limits<domain::timestamp>;
    std::vector<sample> out;
    out.push_back(sample_of("a", "k", "", domain::pusher_kind::http, 0, 0));
    out.push_back(sample_of("m.email", "u@example.org", "DEVICE", domain::pusher_kind::email, 1'700'000'000'000, 1));
    out.push_back(sample_of(std::string(256, 'a'), std::string(512, '\\'), std::string(255, '\xff'),
                            domain::pusher_kind::http, limit::min(), limit::max()));
    return out;
}

std::vector<registration> registrations_of(const std::vector<sample>& from) {
    std::vector<registration> out;
    for (const sample& each : from) {
        out.push_back(each.stored);
        out.back().device_id = each.device_id;
        out.back().shown = each.shown;
    }
    return out;
}

std::string listed(const registration& pusher) {
    std::string item(pusher.shown);
    domain::show_state({.kind = pusher.kind, .enabled = pusher.enabled, .device_id = pusher.device_id}, item);
    return item;
}

// All that anyone reads of a record: the views are touched, so that a sanitizer sees where they point.
std::size_t decode_whole(std::string_view bytes) {
    std::size_t size = 0;
    const user_record record = user_record::decode(bytes);
    for (const registration& each : record.registrations())
        size += std::string(each.device_id).size() + std::string(each.shown).size();
    return size + std::string(record.items()).size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(user_records)

BOOST_AUTO_TEST_CASE(pushers_come_back_as_they_were_stored_in_their_order) {
    const auto stored = samples();
    const std::string bytes = user_record::encode(registrations_of(stored));
    const auto read = user_record::decode(bytes).registrations();
    BOOST_REQUIRE_EQUAL(read.size(), stored.size());
    for (std::size_t i = 0; i < read.size(); ++i) BOOST_TEST_CONTEXT("pusher " << i) {
            BOOST_TEST(as_bytes(read[i].key) == as_bytes(stored[i].stored.key));
            BOOST_TEST(read[i].created == stored[i].stored.created);
            BOOST_TEST(read[i].updated == stored[i].stored.updated);
            BOOST_TEST((read[i].kind == stored[i].stored.kind));
            BOOST_TEST(read[i].device_id == stored[i].device_id);
            BOOST_TEST(read[i].shown == stored[i].shown);
        }
}

BOOST_AUTO_TEST_CASE(the_items_are_what_the_pushers_show_separated_by_commas) {
    const auto samples = persistence::samples();
    auto stored = registrations_of(samples);
    stored[0].enabled = false;
    const std::string bytes = user_record::encode(stored);
    const user_record record = user_record::decode(bytes);
    BOOST_TEST(record.count() == 3U);
    BOOST_TEST(record.bytes() == bytes);
    BOOST_TEST(record.items() == listed(stored[0]) + ',' + listed(stored[1]) + ',' + listed(stored[2]));
}

BOOST_AUTO_TEST_CASE(no_pushers_and_one_pusher_come_back_too) {
    const std::string none = user_record::encode({});
    BOOST_TEST(user_record::decode(none).count() == 0U);
    BOOST_TEST(user_record::decode(none).items().empty());
    BOOST_TEST(user_record::decode(none).registrations().empty());

    const auto stored = samples();
    const registration last = registrations_of(stored)[2];
    const std::string one = user_record::encode(std::vector{last});
    BOOST_TEST(user_record::decode(one).items() == listed(last));
    BOOST_TEST(user_record::decode(one).registrations().at(0).device_id == stored[2].device_id);
}

BOOST_AUTO_TEST_CASE(a_hundred_pushers_come_back) {
    std::vector<sample> stored;
    for (int i = 0; i < 100; ++i)
        stored.push_back(
            sample_of("app", "key " + std::to_string(i), std::to_string(i), domain::pusher_kind::http, i, i));
    const std::string bytes = user_record::encode(registrations_of(stored));
    const auto read = user_record::decode(bytes).registrations();
    BOOST_REQUIRE_EQUAL(read.size(), 100U);
    for (std::size_t i = 0; i < read.size(); ++i) BOOST_TEST(read[i].shown == stored[i].shown);
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
    const auto stored = samples();
    const std::string bytes = user_record::encode(registrations_of(stored));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        BOOST_TEST_CONTEXT(size << " of " << bytes.size() << " bytes")
    BOOST_CHECK_THROW(decode_whole(std::string(bytes, 0, size)), corrupt_record);
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_refused) {
    const auto stored = samples();
    const std::string bytes = user_record::encode(registrations_of(stored));
    for (const std::string_view more : {std::string_view("\0", 1), std::string_view(","), std::string_view("garbage")})
        BOOST_CHECK_THROW(decode_whole(bytes + std::string(more)), corrupt_record);
    BOOST_CHECK_THROW(decode_whole(bytes + bytes), corrupt_record);
    BOOST_CHECK_THROW(decode_whole(user_record::encode({}) + 'x'), corrupt_record);
}

BOOST_AUTO_TEST_CASE(another_version_is_refused) {
    std::string bytes = user_record::encode(registrations_of(samples()));
    for (const char version : {'\x00', '\x01', '\x03', '\xff'}) {  // 1 is known, and laid out in another way
        bytes[0] = version;
        BOOST_CHECK_THROW(decode_whole(bytes), corrupt_record);
    }
}

BOOST_AUTO_TEST_CASE(no_damaged_byte_makes_the_reader_leave_the_record) {
    const auto stored = samples();
    const std::string bytes = user_record::encode(registrations_of(stored));
    for (std::size_t at = 0; at < bytes.size(); ++at)
        for (const int mask : {0x01, 0x80, 0xff}) {
            std::string damaged = bytes;
            damaged[at] = static_cast<char>(damaged[at] ^ mask);
            try {
                BOOST_TEST(decode_whole(damaged) <= 2 * damaged.size());
            } catch (const corrupt_record&) {  // NOLINT(bugprone-empty-catch)
                // As it should be, where the damage can be told.
            }
        }
}

BOOST_AUTO_TEST_CASE(whether_they_are_enabled_comes_back) {
    const auto samples = persistence::samples();
    auto stored = registrations_of(samples);
    stored[1].enabled = false;
    const std::string bytes = user_record::encode(stored);
    const auto read = user_record::decode(bytes).registrations();
    BOOST_REQUIRE_EQUAL(read.size(), 3U);
    BOOST_TEST((read[0].enabled && !read[1].enabled && read[2].enabled));
}

BOOST_AUTO_TEST_CASE(a_list_that_shows_another_state_than_is_recorded_is_refused) {
    const auto samples = persistence::samples();
    const std::string bytes = user_record::encode(registrations_of(samples));
    const std::size_t last = bytes.rfind("true");
    std::string damaged = bytes;
    BOOST_CHECK_THROW(decode_whole(damaged.replace(last, 4, "null")), corrupt_record);
    constexpr std::size_t enabled_at = 9 + 16 + 8 + 8 + 1;  // of the first pusher
    for (const char enabled : {'\0', '\2', '\xff'}) {
        damaged = bytes;
        damaged[enabled_at] = enabled;
        BOOST_CHECK_THROW(decode_whole(damaged), corrupt_record);
    }
}

BOOST_AUTO_TEST_CASE(a_record_of_schema_1_is_read) {
    const auto samples = persistence::samples();
    const auto stored = registrations_of(samples);
    const std::string bytes = testing::user_record_of_schema_1(stored);
    const auto read = user_record::decode(bytes).registrations();
    BOOST_REQUIRE_EQUAL(read.size(), 3U);
    BOOST_TEST(user_record::encode(read) == user_record::encode(stored));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        BOOST_TEST_CONTEXT(size << " of " << bytes.size() << " bytes")
    BOOST_CHECK_THROW(decode_whole(std::string(bytes, 0, size)), corrupt_record);
    BOOST_CHECK_THROW(decode_whole(bytes + 'x'), corrupt_record);
}

BOOST_AUTO_TEST_CASE(a_count_that_lies_is_refused) {
    for (const std::uint32_t count : {0U, 2U, 4U, 0xffffffffU}) {
        std::string bytes = user_record::encode(registrations_of(samples()));
        std::string lie;
        append(lie, count);
        bytes.replace(1, lie.size(), lie);
        BOOST_CHECK_THROW(decode_whole(bytes), corrupt_record);
    }
}

BOOST_AUTO_TEST_CASE(what_is_too_long_within_the_private_part_is_refused) {
    constexpr std::size_t size_at = 5;
    constexpr std::size_t private_part_at = 9;
    std::string bytes = user_record::encode(registrations_of(samples()));
    const auto size = byte_reader(std::string_view(bytes).substr(size_at)).take<std::uint32_t>();
    std::string longer;
    append(longer, size + 1);
    bytes.replace(size_at, longer.size(), longer);
    bytes.insert(private_part_at + size, 1, 'x');
    BOOST_CHECK_THROW(decode_whole(bytes), corrupt_record);
}

BOOST_AUTO_TEST_CASE(a_pusher_is_found_by_its_digest_and_its_key) {
    const auto stored = samples();
    const auto pushers = registrations_of(stored);
    const domain::pusher_key second{"m.email", "u@example.org"};
    BOOST_TEST(index_of(pushers, digest_of(second), domain::shown_key(second)) == 1U);

    const domain::pusher_key other{"m.email", "v@example.org"};
    BOOST_TEST(index_of(pushers, digest_of(other), domain::shown_key(other)) == pushers.size());
    // Two keys with the same 128 bits would be told apart by what is shown.
    BOOST_TEST(index_of(pushers, digest_of(second), domain::shown_key(other)) == pushers.size());
    BOOST_TEST(index_of({}, digest_of(second), domain::shown_key(second)) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
