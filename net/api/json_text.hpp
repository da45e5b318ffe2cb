#pragma once

#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>

namespace pusherd::net {

/// Appends a text as a JSON string.
inline void append_json(std::string& out, std::string_view text) {
    out += boost::json::serialize(boost::json::string_view{text});
}

}  // namespace pusherd::net
