#include "net/http/request_reader.hpp"

#include "domain/wipe.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace pusherd::net {
namespace {

constexpr std::size_t body_worth_keeping = 64 * 1024;

// The last chunk's line, trailers and the empty line have the form of a head, and its limit of fields; Beast would let
// them be folded. The line end of the chunk before may stand in front.
bool ends_plainly(std::string_view last_chunk) noexcept {
    if (last_chunk.starts_with("\r\n")) last_chunk.remove_prefix(2);
    return head_scanner().scan(last_chunk) == head_scanner::verdict::complete;
}

}  // namespace

request_reader::request_reader() { reset(); }

void request_reader::reset() {
    scanner_.reset();
    domain::wipe(body_);  // it may have held an access token
    if (body_.capacity() > body_worth_keeping) std::string().swap(body_);
    parser_.emplace(body_);  // a parser is good for one message
}

request_reader::progress request_reader::fail(reading_fault why) noexcept {
    fault_ = why;
    return progress::failed;
}

request_reader::progress request_reader::read_head(std::string_view arrived, std::size_t& used) {
    // An empty line or two before a request is an old client's slip (RFC 9112, 2.2).
    std::size_t blank = 0;
    if (!has_begun())
        while (arrived.substr(blank).starts_with("\r\n")) blank += 2;
    used += blank;
    arrived.remove_prefix(blank);

    switch (scanner_.scan(arrived)) {
        case head_scanner::verdict::need_more: return progress::need_more;
        case head_scanner::verdict::malformed: return fail(reading_fault::malformed);
        case head_scanner::verdict::too_large:
        case head_scanner::verdict::too_many_fields: return fail(reading_fault::head_too_large);
        case head_scanner::verdict::complete: break;
    }
    boost::beast::error_code ec;
    parser_->eager(false);
    const std::size_t read = parser_->put(boost::asio::buffer(arrived.data(), scanner_.size()), ec);
    if (ec || !parser_->is_header_done() || read != scanner_.size()) return fail(reading_fault::malformed);
    used += read;
    return progress::done;
}

const request_head& request_reader::head() const noexcept { return parser_->head(); }

request_reader::progress request_reader::read_body(std::string_view arrived, std::size_t max_body, std::size_t& used) {
    if (parser_->is_done()) return progress::done;
    parser_->limit_body(max_body);
    parser_->eager(false);  // a piece at a time: what it takes beside the body is bounded below
    // Beast 345 reads past the end of fewer bytes than a last chunk has; no chunked body ends with fewer.
    const std::size_t least = parser_->head().chunked ? std::string_view("0\r\n\r\n").size() : 1;
    std::size_t read = 0;
    while (arrived.size() - read >= least && !parser_->is_done()) {
        boost::beast::error_code ec;
        const std::size_t body_before = body_.size();
        const std::size_t step = parser_->put(boost::asio::buffer(arrived.data() + read, arrived.size() - read), ec);
        read += step;
        used += step;
        if (ec == boost::beast::http::error::need_more) break;
        if (ec) return fail(parser_->body_too_large() ? reading_fault::body_too_large : reading_fault::malformed);
        if (parser_->head().chunked && parser_->is_done() && !ends_plainly(arrived.substr(read - step, step)))
            return fail(reading_fault::malformed);
        const std::size_t beside_body = step - (body_.size() - body_before);
        if (beside_body > request_parser::max_chunk_extras) return fail(reading_fault::malformed);
    }
    if (parser_->is_done()) return progress::done;
    // What is left is the unfinished line of a chunk, or a trailer.
    if (arrived.size() - read > request_parser::max_chunk_extras) return fail(reading_fault::malformed);
    return progress::need_more;
}

}  // namespace pusherd::net
