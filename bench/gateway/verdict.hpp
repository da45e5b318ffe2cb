#pragma once

#include "bench/gateway/rule.hpp"
#include "net/http/response.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace pusherd::bench {

/// What one request is answered with.
struct verdict {
    manner how = manner::whole;
    unsigned status = 200;  ///< means nothing where nothing is said
    std::chrono::milliseconds delay{0};
    std::string fields{};  ///< of the head: whole lines, each with its CRLF
    std::string body = R"({"rejected":[]})";
    std::string note{};  ///< what else there is to say of it, for people, escaped; empty: nothing
};

/// An answer in JSON, for which no rule was asked: an error of Matrix's.
[[nodiscard]] verdict error_verdict(unsigned status, std::string_view errcode, std::string_view error);

/// For people, in a few words: `200, rejected KEY`, `503 after 250 ms`, `closed`, `half of a 200`, `silent`.
[[nodiscard]] std::string describe(const verdict& said);

/// What is counted as one: `200`, `half of a 200`, `closed`, `silent`.
[[nodiscard]] std::string describe_outcome(manner how, unsigned status);

/// Appends the bytes of an answer that is whole or half.
/// @param is_head it is one to a HEAD, so it has no body
/// @param is_last nothing more will be answered on the connection
void append_answer(std::string& out, net::response_writer& writer, const verdict& said, bool is_head, bool is_last);

}  // namespace pusherd::bench
