// The one block of bytes that a connection reads into.

#include "net/server/input_buffer.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

namespace pusherd::net {
namespace {

void arrive(input_buffer& buffer, std::string_view bytes) {
    const auto room = buffer.writable();
    BOOST_REQUIRE(room.size() >= bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    buffer.commit(bytes.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(input_buffers)

BOOST_AUTO_TEST_CASE(what_arrives_is_readable_until_it_is_consumed) {
    const auto buffer = std::make_unique<input_buffer>();
    BOOST_TEST(buffer->empty());
    arrive(*buffer, "hello ");
    arrive(*buffer, "world");
    BOOST_TEST(buffer->readable() == "hello world");
    buffer->consume(6);
    BOOST_TEST(buffer->readable() == "world");
    arrive(*buffer, "s");
    BOOST_TEST(buffer->readable() == "worlds");
    buffer->consume(6);
    BOOST_TEST(buffer->empty());
    BOOST_TEST(buffer->writable().size() == input_buffer::capacity);
}

BOOST_AUTO_TEST_CASE(what_is_consumed_makes_room_at_once) {
    const auto buffer = std::make_unique<input_buffer>();
    arrive(*buffer, std::string(input_buffer::capacity, 'a'));
    BOOST_TEST(buffer->writable().size() == 0U);
    buffer->consume(10);
    BOOST_TEST(buffer->writable().size() == 10U);
    arrive(*buffer, "0123456789");
    BOOST_TEST(buffer->readable() == std::string(input_buffer::capacity - 10, 'a') + "0123456789");
}

BOOST_AUTO_TEST_CASE(a_cleared_buffer_is_empty) {
    const auto buffer = std::make_unique<input_buffer>();
    arrive(*buffer, "hello");
    buffer->clear();
    BOOST_TEST(buffer->empty());
    BOOST_TEST(buffer->readable() == "");
}

BOOST_AUTO_TEST_CASE(a_wiped_buffer_holds_nothing_of_what_has_been_in_it) {
    const auto buffer = std::make_unique<input_buffer>();
    std::ranges::fill(buffer->writable(), '\0');
    arrive(*buffer, "a token, and a body behind it");
    buffer->consume(8);
    arrive(*buffer, " and more");  // what is unread has moved to the front
    buffer->consume(3);
    buffer->wipe();
    BOOST_TEST(buffer->empty());
    const auto room = buffer->writable();
    BOOST_TEST(room.size() == input_buffer::capacity);
    BOOST_TEST(std::ranges::count(room, '\0') == static_cast<std::ptrdiff_t>(input_buffer::capacity));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
