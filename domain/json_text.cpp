#include "domain/json_text.hpp"

#include "domain/eight_bytes.hpp"

#include <boost/json/serialize.hpp>

namespace pusherd::domain {
namespace {

// Whether there is anything that JSON must escape (RFC 8259, 7).
bool needs_escape(std::string_view text) noexcept {
    const auto any_special = [](eight_bytes::word eight) {
        return eight_bytes::any_below(eight, 0x20) || eight_bytes::any_is(eight, '"') ||
               eight_bytes::any_is(eight, '\\');
    };
    const auto is_special = [](unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; };
    return eight_bytes::find_special(text, any_special, is_special) != text.size();
}

}  // namespace

// Nearly no string has anything to escape, and a serializer costs more than all the rest of it.
void append_json(std::string& out, std::string_view text) {
    if (needs_escape(text)) {
        out += boost::json::serialize(boost::json::string_view{text});
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

}  // namespace pusherd::domain
