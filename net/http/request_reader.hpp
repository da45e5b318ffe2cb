#pragma once

#include "net/http/head_scanner.hpp"
#include "net/http/request_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {

/// Why a request cannot be read. The connection cannot be used any further.
enum class reading_fault : std::uint8_t {
    malformed,       ///< no HTTP/1.x request, or one that two parsers may frame differently
    head_too_large,  ///< more than 16 KiB or 100 fields
    body_too_large,  ///< a chunked body went past the limit
};

/// Reads one request after another out of the bytes of a connection. Knows no socket: it is given what has arrived and
/// says how much of it is read, so it can be tested, and fuzzed, byte by byte.
class request_reader {
public:
    enum class progress : std::uint8_t { need_more, done, failed };

    request_reader();
    request_reader(const request_reader&) = delete;
    request_reader& operator=(const request_reader&) = delete;

    /// Makes ready for the next request, and gives the memory back that an unusually large body took.
    void reset();

    /// Reads the head from the front of `arrived`; all of it must be passed again until the head is done. Adds what it
    /// has used to `used`.
    [[nodiscard]] progress read_head(std::string_view arrived, std::size_t& used);

    /// After read_head() is done. The head's views end when the buffer moves.
    [[nodiscard]] const request_head& head() const noexcept;

    /// Reads the body from the front of `arrived`; what was used must not be passed again.
    [[nodiscard]] progress read_body(std::string_view arrived, std::size_t max_body, std::size_t& used);

    /// The body that has been read, decoded.
    [[nodiscard]] std::string_view body() const noexcept { return body_; }

    /// Whether bytes of a request's head have been looked at.
    [[nodiscard]] bool has_begun() const noexcept { return scanner_.size() != 0; }

    /// After progress::failed.
    [[nodiscard]] reading_fault fault() const noexcept { return fault_; }

private:
    [[nodiscard]] progress fail(reading_fault why) noexcept;

    head_scanner scanner_;
    std::optional<request_parser> parser_;
    std::string body_;
    reading_fault fault_ = reading_fault::malformed;
};

}  // namespace pusherd::net
