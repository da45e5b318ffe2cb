#include "net/http/request_parser.hpp"

#include "domain/authority.hpp"
#include "net/http/head_scanner.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <utility>

namespace pusherd::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view to_view(beast::string_view text) noexcept { return {text.data(), text.size()}; }

// RFC 3986, 3.3 and 3.4: a URI is ASCII, and a fragment is never sent.
bool is_target_character(char c) noexcept { return c > ' ' && c < '\x7f' && c != '#'; }

bool is_control(char c) noexcept { return (c >= '\0' && c < ' ' && c != '\t') || c == '\x7f'; }

// The end of `http://authority` in front of an absolute-form target, 0 if it is none (RFC 9112, 3.2.2). Without a host,
// or with user info, it is none (RFC 9110, 4.2.1 and 4.2.4).
std::size_t authority_end(std::string_view target) noexcept {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() <= scheme.size()) continue;
        if (!beast::iequals(beast::string_view(target.data(), scheme.size()), {scheme.data(), scheme.size()})) continue;
        const std::size_t end = std::min(target.find_first_of("/?", scheme.size()), target.size());
        const auto authority = domain::read_authority(target.substr(scheme.size(), end - scheme.size()));
        return authority && !authority->host.empty() ? end : 0;
    }
    return 0;
}

}  // namespace

request_parser::request_parser(std::string& body) : body_(body) {
    // The scanner has bounded the head before it is parsed; the body is bounded in on_body_impl().
    header_limit(static_cast<std::uint32_t>(head_scanner::max_bytes + 1));
    body_limit(boost::none);
}

void request_parser::on_request_impl(http::verb method, text, text target, int version, error_code& ec) {
    head_.method = method;
    version_ = version;
    if (!read_target(to_view(target))) ec = http::error::bad_target;
}

void request_parser::on_field_impl(http::field name, text name_text, text value_text, error_code& ec) {
    if (header_done_) return add_chunk_extra(name_text.size() + value_text.size(), ec);  // a trailer
    const std::string_view value = to_view(value_text);
    if (name == http::field::host) {
        ++hosts_;
        if (!domain::read_authority(value)) ec = http::error::bad_field;
    } else if (name == http::field::content_length) {
        ++content_lengths_;
        if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos)
            ec = http::error::bad_content_length;
    } else if (name == http::field::transfer_encoding) {
        ++transfer_encodings_;
        head_.chunked = beast::iequals(value_text, "chunked");
        if (!head_.chunked) ec = http::error::bad_transfer_encoding;
    } else if (name == http::field::authorization) {
        if (head_.authorizations++ == 0) head_.authorization = value;
    } else if (name == http::field::expect) {
        head_.expects_continue = beast::iequals(value_text, "100-continue");
    } else if (name == http::field::user_agent) {
        head_.user_agent = value;
    } else if (name == http::field::unknown && beast::iequals(name_text, "X-Forwarded-For")) {
        add_forwarded_for(value);
    }
}

// Fields of one name are one list (RFC 9110, 5.3): a proxy may have added its own behind the client's.
void request_parser::add_forwarded_for(std::string_view value) {
    if (head_.forwarded_for.empty()) {
        head_.forwarded_for = value;
        return;
    }
    std::string all(head_.forwarded_for);
    all.append(", ").append(value);
    forwarded_for_ = std::move(all);
    head_.forwarded_for = forwarded_for_;
}

void request_parser::on_header_impl(error_code& ec) {
    header_done_ = true;
    const bool is_http_1_1 = version_ == 11;
    if (hosts_ > 1 || (is_http_1_1 && hosts_ == 0)) ec = http::error::bad_field;
    if (content_lengths_ > 1) ec = http::error::bad_content_length;
    if (transfer_encodings_ > 1 || (transfer_encodings_ == 1 && (content_lengths_ != 0 || !is_http_1_1)))
        ec = http::error::bad_transfer_encoding;
    // A client of HTTP/1.0 would have to be told that its connection is kept (RFC 9112, C.2.2); it is not.
    head_.keep_alive = keep_alive() && is_http_1_1;
    head_.expects_continue = head_.expects_continue && is_http_1_1;  // RFC 9110, 10.1.1
    if (const auto length = content_length()) head_.content_length = *length;
}

void request_parser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
    if (length) body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, max_body_)));
}

std::size_t request_parser::on_body_impl(text bytes, error_code& ec) {
    if (bytes.size() > room_in_body()) {
        body_too_large_ = true;
        ec = http::error::body_limit;
        return 0;
    }
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
}

void request_parser::on_chunk_header_impl(std::uint64_t size, text extension, error_code& ec) {
    add_chunk_extra(extension.size(), ec);
    // In quotation marks, Beast 345 takes them, and who ends a line there ends the chunk's head elsewhere.
    if (std::any_of(extension.begin(), extension.end(), is_control)) ec = http::error::bad_chunk_extension;
    if (ec) return;
    // It is known to be too large before it comes.
    body_too_large_ = size > room_in_body();
    if (body_too_large_) ec = http::error::body_limit;
}

std::size_t request_parser::room_in_body() const noexcept { return max_body_ - std::min(max_body_, body_.size()); }

std::size_t request_parser::on_chunk_body_impl(std::uint64_t, text bytes, error_code& ec) {
    return on_body_impl(bytes, ec);
}

void request_parser::add_chunk_extra(std::size_t bytes, error_code& ec) {
    chunk_extras_ += bytes;
    if (chunk_extras_ > max_chunk_extras) ec = http::error::bad_chunk_extension;
}

bool request_parser::read_target(std::string_view target) {
    if (!std::all_of(target.begin(), target.end(), is_target_character)) return false;
    const std::size_t authority = authority_end(target);
    target.remove_prefix(authority);
    const bool is_asterisk = target == "*" && head_.method == http::verb::options;
    // After an authority, even the slash may be missing.
    if (authority == 0 && !target.starts_with('/') && !is_asterisk) return false;
    const std::size_t question_mark = std::min(target.find('?'), target.size());
    head_.path = target.substr(0, question_mark);
    if (head_.path.empty()) head_.path = "/";
    if (question_mark < target.size()) head_.query = target.substr(question_mark + 1);
    return true;
}

}  // namespace pusherd::net
