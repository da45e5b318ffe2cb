#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/optional/optional.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::bench {

/// Takes responses apart, one after another, with Beast's parser. One a connection.
///
/// A response whose head is the last one's to the byte means what that one meant, and most are so: a server's date
/// changes once a second. It is compared rather than parsed, or the load tool would be slower than the server.
class response_parser {
public:
    enum class progress { need_more, complete, failed };

    /// Reads from the front of `bytes`, at most to the end of a response.
    /// @param used how many bytes it took
    [[nodiscard]] progress read(std::string_view bytes, std::size_t& used);

    /// The server has closed the connection: whether that ended a response, and did not cut one off.
    [[nodiscard]] bool end_of_stream();

    /// Of the complete response, until next().
    [[nodiscard]] int status() const noexcept { return is_like_last_ ? last_.status : parser_->status; }
    /// A view of what read() was given, or of what it has kept of that.
    [[nodiscard]] std::string_view body() const noexcept { return is_like_last_ ? body_like_last_ : body_; }
    [[nodiscard]] bool keep_alive() const { return is_like_last_ ? last_.keep_alive : parser_->keep_alive(); }

    /// Makes ready for the next response.
    void next();

private:
    class parser final : public boost::beast::http::basic_parser<false> {
    public:
        explicit parser(std::string& body);
        int status = 0;

    private:
        using error_code = boost::beast::error_code;
        using text = boost::beast::string_view;

        void on_request_impl(boost::beast::http::verb, text, text, int, error_code&) override {}
        void on_response_impl(int code, text, int, error_code&) override { status = code; }
        void on_field_impl(boost::beast::http::field, text, text, error_code&) override {}
        void on_header_impl(error_code&) override {}
        void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
        std::size_t on_body_impl(text bytes, error_code&) override;
        void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
        std::size_t on_chunk_body_impl(std::uint64_t, text bytes, error_code& ec) override {
            return on_body_impl(bytes, ec);
        }
        void on_finish_impl(error_code&) override {}

        std::string& body_;
    };

    /// A response of known length, its head as it came.
    struct known_response {
        std::string head{};  ///< empty: there is none
        std::size_t body_size = 0;
        int status = 0;
        bool keep_alive = false;
    };

    void remember(std::string_view response);

    std::string body_;
    std::optional<parser> parser_{std::in_place, body_};
    known_response last_;
    bool is_like_last_ = false;
    std::string_view body_like_last_;
};

}  // namespace pusherd::bench
