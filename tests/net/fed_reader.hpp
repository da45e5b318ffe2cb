#pragma once

#include "net/http/request_reader.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pusherd::testing {

/// A request_reader that is fed as a session feeds it, and writes down what it has read: a line a request, or why
/// there is none.
class fed_reader {
public:
    explicit fed_reader(std::size_t max_body = 64) : max_body_(max_body) {}

    void feed(std::string_view bytes) {
        unread_ += bytes;
        while (!failed_ && step()) {
        }
    }

    /// `GET /path?query length=5 chunked continue close authorizations=1(Bearer x) [body]`, or `malformed` …; `…` at
    /// the end if a request has begun and is not done.
    [[nodiscard]] std::string result() const {
        return lines_ + (!failed_ && (in_body_ || !unread_.empty()) ? "…" : "");
    }

private:
    using progress = net::request_reader::progress;

    bool step() {
        std::size_t used = 0;
        const progress made = in_body_ ? reader_.read_body(unread_, max_body_, used) : reader_.read_head(unread_, used);
        if (made == progress::failed) return fail();
        if (made == progress::done && !in_body_) describe_head();
        unread_.erase(0, used);
        if (made == progress::need_more) return false;
        if (in_body_) {
            lines_ += head_ + " [" + std::string(reader_.body()) + "]\n";
            reader_.reset();
        }
        in_body_ = !in_body_;
        return true;
    }

    bool fail() {
        failed_ = true;
        switch (reader_.fault()) {
            case net::reading_fault::malformed: lines_ += "malformed"; break;
            case net::reading_fault::head_too_large: lines_ += "head too large"; break;
            case net::reading_fault::body_too_large: lines_ += "body too large"; break;
        }
        return false;
    }

    void describe_head() {
        const net::request_head& head = reader_.head();
        const auto method = boost::beast::http::to_string(head.method);
        head_ = std::string(method.data(), method.size()) + ' ' + std::string(head.path);
        if (!head.query.empty()) head_ += '?' + std::string(head.query);
        if (head.content_length) head_ += " length=" + std::to_string(*head.content_length);
        if (head.chunked) head_ += " chunked";
        if (head.expects_continue) head_ += " continue";
        if (!head.keep_alive) head_ += " close";
        if (head.authorizations != 0)
            head_ +=
                " authorizations=" + std::to_string(head.authorizations) + '(' + std::string(head.authorization) + ')';
    }

    std::size_t max_body_;
    net::request_reader reader_;
    std::string unread_;
    std::string head_;
    std::string lines_;
    bool in_body_ = false;
    bool failed_ = false;
};

/// What is read when all arrives at once.
[[nodiscard]] inline std::string read_whole(std::string_view bytes, std::size_t max_body = 64) {
    fed_reader reader(max_body);
    reader.feed(bytes);
    return reader.result();
}

/// What is read when each byte arrives alone.
[[nodiscard]] inline std::string read_byte_by_byte(std::string_view bytes, std::size_t max_body = 64) {
    fed_reader reader(max_body);
    for (std::size_t i = 0; i < bytes.size(); ++i) reader.feed(bytes.substr(i, 1));
    return reader.result();
}

}  // namespace pusherd::testing
