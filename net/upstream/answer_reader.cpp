#include "net/upstream/answer_reader.hpp"

#include "net/bounds.hpp"

#include <boost/asio/buffer.hpp>

#include <utility>

namespace pusherd::net {
namespace {

namespace http = boost::beast::http;

}  // namespace

void answer_reader::begin() {
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(bounds::head_bytes);
    parser_->body_limit(bounds::upstream_answer_bytes);
}

std::string answer_reader::read(std::string_view bytes) {
    unread_ += bytes;
    while (!unread_.empty() && !parser_->is_done()) {
        boost::system::error_code failed;
        const std::size_t used = parser_->put(boost::asio::buffer(unread_), failed);
        unread_.erase(0, used);
        const bool is_short = failed == http::error::need_more;
        if (failed && !is_short) return "its answer is not well-formed: " + failed.message();
        // An interim answer is none (RFC 9110, 15.2).
        if (is_interim())
            begin();
        else if (is_short)
            break;
    }
    return {};
}

// By its number: Beast has no name for some.
bool answer_reader::is_interim() const { return parser_->is_header_done() && parser_->get().result_int() / 100 == 1; }

std::string answer_reader::end() {
    has_ended_ = true;
    boost::system::error_code failed;
    if (parser_->got_some()) parser_->put_eof(failed);  // which must not be told of an end before a beginning
    const bool is_whole = parser_->got_some() && !failed;
    return is_whole ? "" : "it closed the connection before its answer was complete";
}

domain::validator_answer answer_reader::take() {
    const auto answer = parser_->release();
    return {answer.result_int(), answer.body()};
}

}  // namespace pusherd::net
