#pragma once

#include "domain/validators/token_validator.hpp"
#include "net/bounds.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {

/// How much of an answer's body is read.
struct answer_bound {
    std::size_t bytes = bounds::upstream_answer_bytes;
    bool is_cut = false;  ///< of a longer one, the beginning is taken for all of it; else it is no answer
};

/// A body as Beast's parser fills it: as much as has come, whatever length was announced.
struct answer_body {
    using value_type = std::string;

    class reader {
    public:
        template <bool IsRequest, class Fields>
        reader(boost::beast::http::header<IsRequest, Fields>&, value_type& body) : body_(body) {}

        void init(const boost::optional<std::uint64_t>&, boost::system::error_code& failed) { failed = {}; }

        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::system::error_code& failed) {
            failed = {};
            std::size_t size = 0;
            for (auto each = boost::asio::buffer_sequence_begin(buffers);
                 each != boost::asio::buffer_sequence_end(buffers); ++each) {
                const boost::asio::const_buffer piece = *each;
                body_.append(static_cast<const char*>(piece.data()), piece.size());
                size += piece.size();
            }
            return size;
        }

        void finish(boost::system::error_code& failed) { failed = {}; }

    private:
        value_type& body_;
    };
};

/// Reads the answer to one request as it comes in pieces, by Beast's parser.
class answer_reader {
public:
    explicit answer_reader(answer_bound bound = {}) : bound_(bound) { begin(); }

    /// @return what is wrong with it; empty: nothing
    [[nodiscard]] std::string read(std::string_view bytes);

    /// Nothing more comes. What is wrong with that; empty: nothing, an answer may end so.
    [[nodiscard]] std::string end();

    [[nodiscard]] bool is_complete() const { return parser_->is_done() || is_cut(); }

    /// Once it is complete: whether another request may follow. What was sent behind the answer belongs to none.
    [[nodiscard]] bool keeps_connection() const {
        return parser_->keep_alive() && unread_.empty() && !has_ended_ && !is_cut();
    }

    /// The value of its Retry-After field (RFC 9110, 10.2.3), to be asked for before take(); empty: it has none.
    [[nodiscard]] std::string retry_after() const;
    [[nodiscard]] domain::validator_answer take();

private:
    void begin();
    [[nodiscard]] bool is_interim() const;
    [[nodiscard]] bool is_cut() const;

    std::optional<boost::beast::http::response_parser<answer_body>> parser_;
    answer_bound bound_;
    std::size_t received_ = 0;  // in all
    unsigned interim_answers_ = 0;
    std::string unread_;  // half a line, or what is behind the answer
    bool has_ended_ = false;
};

}  // namespace pusherd::net
