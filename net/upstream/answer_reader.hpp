#pragma once

#include "domain/validators/token_validator.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {

/// Reads the answer to one request as it comes in pieces, by Beast's parser.
class answer_reader {
public:
    answer_reader() { begin(); }

    /// @return what is wrong with it; empty: nothing
    [[nodiscard]] std::string read(std::string_view bytes);

    /// Nothing more comes. What is wrong with that; empty: nothing, an answer may end so.
    [[nodiscard]] std::string end();

    [[nodiscard]] bool is_complete() const { return parser_->is_done(); }

    /// Once it is complete: whether another request may follow. What was sent behind the answer belongs to none.
    [[nodiscard]] bool keeps_connection() const { return parser_->keep_alive() && unread_.empty() && !has_ended_; }
    [[nodiscard]] domain::validator_answer take();

private:
    void begin();
    [[nodiscard]] bool is_interim() const;

    std::optional<boost::beast::http::response_parser<boost::beast::http::string_body>> parser_;
    std::string unread_;  // half a line, or what is behind the answer
    bool has_ended_ = false;
};

}  // namespace pusherd::net
