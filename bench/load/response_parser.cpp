#include "bench/load/response_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <utility>

namespace pusherd::bench {
namespace {

constexpr std::uint64_t most_body = 16 * 1024 * 1024;

}  // namespace

response_parser::parser::parser(std::string& body) : body_(body) {
    eager(true);
    body_limit(most_body);
}

std::size_t response_parser::parser::on_body_impl(text bytes, error_code&) {
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
}

response_parser::progress response_parser::read(std::string_view bytes, std::size_t& used) {
    const std::size_t size = last_.head.size() + last_.body_size;
    if (!last_.head.empty() && !parser_->got_some() && bytes.size() >= size && bytes.starts_with(last_.head)) {
        is_like_last_ = true;
        body_like_last_ = bytes.substr(last_.head.size(), last_.body_size);
        used = size;
        return progress::complete;
    }
    const bool is_whole = !parser_->got_some();
    boost::beast::error_code problem;
    used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), problem);
    if (problem == boost::beast::http::error::need_more) return progress::need_more;
    if (problem) return progress::failed;
    if (!parser_->is_done()) return progress::need_more;
    if (is_whole && parser_->content_length()) remember(bytes.substr(0, used));
    return progress::complete;
}

void response_parser::remember(std::string_view response) {
    last_.head = response.substr(0, response.size() - body_.size());
    last_.body_size = body_.size();
    last_.status = parser_->status;
    last_.keep_alive = parser_->keep_alive();
}

bool response_parser::end_of_stream() {
    if (!parser_->got_some()) return false;
    boost::beast::error_code problem;
    parser_->put_eof(problem);
    return !problem && parser_->is_done();
}

void response_parser::next() {
    if (std::exchange(is_like_last_, false)) return;
    body_.clear();
    parser_.emplace(body_);
}

}  // namespace pusherd::bench
