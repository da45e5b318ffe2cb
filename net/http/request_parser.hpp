#pragma once

#include "net/bounds.hpp"
#include "net/http/request_head.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pusherd::net {

/// Beast's parser for one request. It calls back for each part; the few that matter are kept, without an allocation,
/// and the framings that request smuggling lives on are refused (RFC 9112, 6.1 and 6.3): a Transfer-Encoding beside a
/// Content-Length, in HTTP/1.0, twice, or other than `chunked`; a Content-Length twice, or anything but digits; no
/// Host, two, or one that is none (RFC 9112, 3.2).
class request_parser final : public boost::beast::http::basic_parser<true> {
public:
    static constexpr std::size_t max_chunk_extras = bounds::chunk_extras;

    /// @param body where the decoded body goes
    explicit request_parser(std::string& body);

    [[nodiscard]] const request_head& head() const noexcept { return head_; }
    [[nodiscard]] bool body_too_large() const noexcept { return body_too_large_; }
    void limit_body(std::size_t bytes) noexcept { max_body_ = bytes; }

private:
    using error_code = boost::beast::error_code;
    using text = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb method, text, text target, int version, error_code& ec) override;
    void on_response_impl(int, text, int, error_code&) override {}
    void on_field_impl(boost::beast::http::field name, text name_text, text value_text, error_code& ec) override;
    void on_header_impl(error_code& ec) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
    std::size_t on_body_impl(text bytes, error_code& ec) override;
    void on_chunk_header_impl(std::uint64_t, text extension, error_code& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t, text bytes, error_code& ec) override;
    void on_finish_impl(error_code&) override {}

    void add_forwarded_for(std::string_view value);
    void add_chunk_extra(std::size_t bytes, error_code& ec);
    [[nodiscard]] bool read_target(std::string_view target);
    [[nodiscard]] std::size_t room_in_body() const noexcept;

    request_head head_;
    std::string forwarded_for_;  // of several fields
    std::string& body_;
    std::size_t max_body_ = 0;
    std::size_t chunk_extras_ = 0;
    int version_ = 0;
    unsigned hosts_ = 0;
    unsigned content_lengths_ = 0;
    unsigned transfer_encodings_ = 0;
    bool header_done_ = false;
    bool body_too_large_ = false;
};

}  // namespace pusherd::net
