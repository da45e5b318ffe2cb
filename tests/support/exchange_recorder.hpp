#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::testing {

struct answer;

/// Writes down what this process asks and is answered, for tests/description to hold against docs/openapi.yaml: a line
/// of JSON for each exchange, in a file of this process in the folder that PUSHERD_EXCHANGES names. Without that
/// variable it does nothing. Any thread.
namespace exchange_recorder {

/// A server has begun to listen at this port of 127.0.0.1: what was said there before was said to another one.
void began_to_listen(std::uint16_t port);

/// The name of the server that listens there: the system gives a free port to one server after another.
[[nodiscard]] std::string listener_at(std::uint16_t port);

/// @param socket   by which a connection is known from here to its end
/// @param listener whom the connection is to
void begin(int socket, std::string listener);

void sent(int socket, std::string_view bytes);

/// Of the oldest request of the connection that has no answer yet.
void answered(int socket, const answer& got);

void end(int socket);

}  // namespace exchange_recorder
}  // namespace pusherd::testing
