#pragma once

#include "domain/fixed_text.hpp"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace pusherd::net {

/// What the head of an answer says beyond what every answer says.
struct response_head {
    unsigned status = 200;
    std::string_view content_type = "application/json";  ///< empty: none
    std::uint64_t content_length = 0;                    ///< not sent with a 204 (RFC 9110, 8.6)
    std::string_view outcome{};                          ///< of a set: `Pusherd-Outcome`, open to scripts in browsers
    std::string_view extra_fields{};                     ///< whole lines, each with its CRLF
    bool is_for_scripts = true;                          ///< scripts of any website may read it (CORS)
    bool close = false;                                  ///< `Connection: close`
};

/// Writes answers into one buffer, so that one send carries them: with Boost 1.81, Beast's own serializer is most of
/// what a small answer costs. It needs no memory beyond that buffer. One a thread.
class response_writer {
public:
    /// No answer to a set that was stored, and no error of the server, is larger: who has kept so much room in the
    /// buffer can answer, whatever has failed.
    static constexpr std::size_t room_for_an_answer = 1024;

    /// Appends a head, up to its empty line. The body is the caller's to append.
    void append_head(std::string& out, const response_head& head);

    /// Appends a whole answer; without its body if it is one to a HEAD.
    void append(std::string& out, response_head head, std::string_view body, bool is_head_request);

private:
    void keep_up_with_date() noexcept;
    void append_begin(std::string& out, const response_head& head);

    std::time_t date_ = 0;
    domain::fixed_text<64> date_field_;
    domain::fixed_text<512> usual_begin_;  ///< of nearly every answer: up to its date, that of 200 and JSON
};

/// The reason phrase of a status; empty, as it may be (RFC 9112, 4), for one that nobody has registered.
[[nodiscard]] std::string_view reason_of(unsigned status) noexcept;

}  // namespace pusherd::net
