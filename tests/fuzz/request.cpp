// What a session reads out of a connection's bytes: the same however they were cut up on their way; nothing that is not
// there; and nothing that a strict reader would frame in another way.

#include "net/http/request_reader.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/strict_http.hpp"
#include "tests/fuzz/targets.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace pusherd::fuzz {
namespace {

using net::request_head;
using net::request_reader;

constexpr std::size_t max_body = 64;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_chunked(const std::string& value) { return boost::beast::iequals(value, "chunked"); }

// The part of a target behind `http://authority`.
std::string_view without_authority(std::string_view target) {
    if (target.starts_with('/') || target == "*") return target;
    const std::size_t authority = target.find("//");
    require(authority != std::string_view::npos, "a target is a path, an asterisk or an absolute URL");
    return target.substr(std::min(target.find_first_of("/?", authority + 2), target.size()));
}

void check_target(const request_head& head, const strict_head& strict) {
    std::string target(head.path);
    if (strict.target.find('?') != std::string::npos) target.append("?").append(head.query);
    const std::string_view expected = without_authority(strict.target);
    require(target == expected || target == '/' + std::string(expected), "path and query are the target's");
    require(head.path.starts_with('/') || head.path == "*", "a path begins with a slash");
    require(strict.target.find('#') == std::string::npos, "a target has no fragment");
}

void check_framing(const request_head& head, const strict_head& strict) {
    const auto lengths = strict.values_of("content-length");
    const auto encodings = strict.values_of("transfer-encoding");
    require(lengths.size() + encodings.size() <= 1, "a body is framed once");
    require(head.chunked == !encodings.empty(), "a Transfer-Encoding makes a body chunked");
    require(std::all_of(encodings.begin(), encodings.end(), is_chunked), "no Transfer-Encoding but chunked is read");
    require(encodings.empty() || strict.is_http_1_1, "HTTP/1.0 has no chunked bodies");
    require(head.content_length.has_value() == !lengths.empty(), "a length is known if it was given");
    if (lengths.empty()) return;
    require(lengths[0].find_first_not_of("0123456789") == std::string::npos, "a Content-Length is all digits");
    const std::string significant = lengths[0].substr(std::min(lengths[0].find_first_not_of('0'), lengths[0].size()));
    require(significant == (*head.content_length == 0 ? "" : std::to_string(*head.content_length)),
            "a Content-Length means what it says");
}

void check_head(const request_head& head, std::string_view bytes) {
    while (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    const strict_head strict = read_strictly(bytes);
    if (head.method != boost::beast::http::verb::unknown)
        require(view(boost::beast::http::to_string(head.method)) == strict.method, "the method is the request line's");
    check_target(head, strict);
    check_framing(head, strict);
    const std::size_t hosts = strict.values_of("host").size();
    require(hosts == 1 || (hosts == 0 && !strict.is_http_1_1), "there is one Host");
    const auto authorizations = strict.values_of("authorization");
    require(head.authorizations == authorizations.size(), "every Authorization is counted");
    require(authorizations.empty() || head.authorization == authorizations[0], "the first Authorization is told");
    if (!strict.is_http_1_1) require(!head.keep_alive, "a connection of HTTP/1.0 ends");
    if (strict.is_http_1_1 && strict.values_of("connection").empty()) require(head.keep_alive, "a connection is kept");
}

std::string describe(const request_head& head) {
    std::string out = std::to_string(static_cast<int>(head.method)) + ' ' + std::string(head.path) + '?' +
                      std::string(head.query) + ' ' + std::to_string(head.authorizations) +
                      std::string(head.authorization) + ' ';
    out += head.content_length ? std::to_string(*head.content_length) : "-";
    for (const bool each : {head.chunked, head.expects_continue, head.keep_alive}) out += each ? " yes" : " no";
    return out;
}

/// Reads as a session does: a head from its beginning until it is there, a body piece by piece.
class connection {
public:
    void receive(std::string_view bytes) {
        unread_ += bytes;
        while (!failed_ && advance()) {
        }
    }

    /// What has been read, or why no more can be.
    [[nodiscard]] std::string transcript() const {
        return transcript_ + (failed_ ? "failed" : in_body_ ? "in a body" : reader_.has_begun() ? "in a head" : "");
    }

private:
    using progress = request_reader::progress;

    bool advance() {
        const exact_copy arrived(unread_);
        std::size_t used = 0;
        const progress made =
            in_body_ ? reader_.read_body(arrived.view(), max_body, used) : reader_.read_head(arrived.view(), used);
        require(used <= unread_.size(), "no more is used than has arrived");
        require(reader_.body().size() <= max_body, "a body keeps to its limit");
        if (made == progress::failed) {
            transcript_ += std::to_string(static_cast<int>(reader_.fault()));
            failed_ = true;
            return false;
        }
        if (in_body_) body_source_.append(unread_, 0, used);
        if (made == progress::done && !in_body_) end_head(std::string_view(unread_).substr(0, used));
        unread_.erase(0, used);
        if (made == progress::need_more) return false;
        if (in_body_) end_body();
        in_body_ = !in_body_;
        return true;
    }

    void end_head(std::string_view source) {
        check_head(reader_.head(), source);
        chunked_ = reader_.head().chunked;
        length_ = reader_.head().content_length.value_or(0);
        transcript_ += describe(reader_.head());
    }

    void end_body() {
        const std::string_view body = reader_.body();
        if (chunked_)
            require(body == unchunk_strictly(body_source_), "a chunked body is what its chunks say");
        else
            require(body == body_source_ && body.size() == length_, "a body is as long as it says, and what came");
        transcript_.append(" [").append(body).append("]\n");
        body_source_.clear();
        reader_.reset();
    }

    request_reader reader_;
    std::string unread_;
    std::string body_source_;
    std::string transcript_;
    std::uint64_t length_ = 0;
    bool chunked_ = false;
    bool in_body_ = false;
    bool failed_ = false;
};

std::string read_in_pieces(std::string_view bytes, std::string_view sizes) {
    connection one;
    // Every piece of a head is looked at from its beginning: of a long one, larger pieces are enough.
    const std::size_t scale = 1 + bytes.size() / 2048;
    for (std::size_t piece = 0; !bytes.empty(); ++piece) {
        const std::size_t wanted =
            sizes.empty() ? 1 : 1 + static_cast<unsigned char>(sizes[piece % sizes.size()]) % 64U;
        const std::size_t size = std::min(bytes.size(), wanted * scale);
        one.receive(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return one.transcript();
}

}  // namespace

void check_request(std::string_view input) {
    const std::string_view sizes = take_line(input);
    connection whole;
    whole.receive(input);
    require(read_in_pieces(input, sizes) == whole.transcript(), "the same is read, whole or in pieces");
}

}  // namespace pusherd::fuzz
