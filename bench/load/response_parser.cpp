#include "bench/load/response_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

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
    boost::beast::error_code problem;
    used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), problem);
    if (problem == boost::beast::http::error::need_more) return progress::need_more;
    if (problem) return progress::failed;
    return parser_->is_done() ? progress::complete : progress::need_more;
}

bool response_parser::end_of_stream() {
    if (!parser_->got_some()) return false;
    boost::beast::error_code problem;
    parser_->put_eof(problem);
    return !problem && parser_->is_done();
}

void response_parser::next() {
    body_.clear();
    parser_.emplace(body_);
}

}  // namespace pusherd::bench
