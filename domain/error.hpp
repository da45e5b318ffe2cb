#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>

namespace pusherd::domain {

/// What can be wrong with a request, in the terms of the rules; `net` alone knows which HTTP status and which
/// Matrix errcode each of these becomes.
enum class errc : std::uint8_t {
    not_json,             ///< the body is no JSON text (RFC 8259), no UTF-8, or nested too deeply
    bad_json,             ///< JSON, but no object, or a key stands twice where that would be ambiguous
    missing_param,        ///< a required key is absent
    invalid_param,        ///< a key has the wrong type or a value that is not allowed
    user_limit_exceeded,  ///< the user has as many pushers as a user may have
    unknown_token,        ///< the access token was never issued, or has been revoked
    forbidden,   ///< the access token is not of those who may: with no text, it belongs to a program and not to a user
    queue_full,  ///< too many sets wait for the disk
};

/// An expected refusal. The message is for the client: it names the field at fault and holds nothing internal.
struct error {
    errc code;
    std::string message;
};

/// A value, or the reason why there is none. Never used for broken storage: that is an exception.
template <class T = void>
using result = boost::system::result<T, error>;

/// Required by boost::system::result::value(); the code base tests a result before it reads it.
[[noreturn]] void throw_exception_from_error(const error& problem, const boost::source_location& where);

}  // namespace pusherd::domain
