#include "net/upstream/answer_reader.hpp"

#include "net/bounds.hpp"

#include <boost/asio/buffer.hpp>

#include <utility>

namespace pusherd::net {
namespace {

namespace http = boost::beast::http;

constexpr unsigned most_interim_answers = 16;

// Small chunks take more than what is in them.
constexpr std::size_t most_bytes(const answer_bound& bound) noexcept {
    return 4 * bound.bytes + std::size_t{1} * 1024 * 1024;
}

}  // namespace

void answer_reader::begin() {
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(bounds::head_bytes);
    parser_->body_limit(bound_.is_cut ? boost::none : boost::optional<std::uint64_t>(bound_.bytes));
}

std::string answer_reader::read(std::string_view bytes) {
    unread_ += bytes;
    received_ += bytes.size();
    if (received_ > most_bytes(bound_)) return "its answer does not end";
    while (!unread_.empty() && !is_complete()) {
        boost::system::error_code failed;
        const std::size_t used = parser_->put(boost::asio::buffer(unread_), failed);
        unread_.erase(0, used);
        const bool is_short = failed == http::error::need_more;
        if (failed && !is_short) return "its answer is not well-formed: " + failed.message();
        // An interim answer is none (RFC 9110, 15.2).
        if (is_interim()) {
            if (++interim_answers_ > most_interim_answers) return "its answer does not begin";
            begin();
        } else if (is_short) {
            break;
        }
    }
    // What Beast bounds neither: the extensions of a chunk, and trailers.
    return unread_.size() <= bounds::input_bytes ? "" : "its answer is not well-formed: a line is too long";
}

// By its number: Beast has no name for some.
bool answer_reader::is_interim() const { return parser_->is_header_done() && parser_->get().result_int() / 100 == 1; }

bool answer_reader::is_cut() const {
    return bound_.is_cut && parser_->is_header_done() && parser_->get().body().size() >= bound_.bytes;
}

std::string answer_reader::retry_after() const {
    const auto field = parser_->get()[http::field::retry_after];
    return {field.data(), field.size()};
}

std::string answer_reader::end() {
    has_ended_ = true;
    boost::system::error_code failed;
    if (parser_->got_some()) parser_->put_eof(failed);  // which must not be told of an end before a beginning
    const bool is_whole = parser_->got_some() && !failed;
    return is_whole ? "" : "it closed the connection before its answer was complete";
}

domain::validator_answer answer_reader::take() {
    auto answer = parser_->release();
    if (answer.body().size() > bound_.bytes) answer.body().resize(bound_.bytes);
    return {answer.result_int(), std::move(answer.body())};
}

}  // namespace pusherd::net
