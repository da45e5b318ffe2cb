#pragma once

#include "tests/support/running_server.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <string_view>

/// Short ways to talk to a running_server.
namespace pusherd::testing {

inline const std::string list_path = "/_matrix/client/v3/pushers";
inline const std::string set_path = "/_matrix/client/v3/pushers/set";
inline const std::string close_field = "Connection: close\r\n";

/// `200`, or the status and the errcode of a refusal.
[[nodiscard]] inline std::string verdict(const answer& got) {
    if (got.status < 400 || got.body.empty()) return std::to_string(got.status);
    return std::to_string(got.status) + ' ' + got.errcode();
}

/// Sends bytes over a connection of their own, and reads one answer.
[[nodiscard]] inline answer ask(const running_server& server, std::string_view bytes, bool to_head = false) {
    http_connection connection(server.port());
    connection.send(bytes);
    return connection.read_answer(to_head);
}

/// Whether the server closes this connection within a time that only a stuck one takes.
[[nodiscard]] inline bool closes(http_connection& connection) {
    return connection.is_closed_within(std::chrono::seconds(10));
}

/// Waits until something is so that happens soon on another thread; false if it does not.
[[nodiscard]] bool eventually(const std::function<bool()>& is_so);

/// Waits until every other thread of this process sleeps: then the server has done all that it can do, what comes after
/// an answer included.
void wait_until_at_rest();

/// A POST to set_path with a body in chunks of this size.
[[nodiscard]] std::string chunked_set(std::string_view token, std::string_view body, std::size_t chunk_size,
                                      std::string_view extension = {}, std::string_view trailers = {});

/// The body of a set that is valid and has exactly this size.
[[nodiscard]] std::string set_body_of_size(std::size_t bytes);

/// The head of a set that has its body still to come, and asks to be told when.
[[nodiscard]] std::string head_of_expecting_set(std::string_view token, std::size_t length);

/// Sends such a head, and waits for `100 Continue`: then the set has passed every check of its head.
void begin_set(http_connection& connection, std::string_view token, std::size_t length);

/// The pushkeys of a list, each followed by a space.
[[nodiscard]] std::string pushkeys_of(const answer& list);

}  // namespace pusherd::testing
