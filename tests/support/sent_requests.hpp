#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::testing {

/// A request as its client meant it.
struct sent_request {
    std::string method;
    std::string target;
    std::string body;  ///< as far as it was sent; chunks are joined
};

/// The requests of a connection that have no answer yet. Reads HTTP/1.x as simply as it can be read: what this does not
/// understand is no request, and neither is what comes behind it.
class sent_requests {
public:
    /// Who sends more than this without reading an answer is not followed any further.
    static constexpr std::size_t most_bytes = std::size_t{1} << 20;

    void add(std::string_view bytes);

    /// Takes the oldest; nothing if it is not to be understood.
    [[nodiscard]] std::optional<sent_request> take();

private:
    void forget_what_was_taken();
    [[nodiscard]] std::optional<sent_request> read();
    [[nodiscard]] bool read_chunks(std::string& body);
    void read_body_of_size(std::size_t size, std::string& body);

    std::string bytes_;
    std::size_t begin_ = 0;  // of the oldest, in the bytes
    bool is_lost_ = false;   // where the next one begins
};

}  // namespace pusherd::testing
