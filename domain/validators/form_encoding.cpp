#include "domain/validators/form_encoding.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace pusherd::domain {

void append_encoded(std::string& out, std::string_view text) {
    boost::urls::encode(boost::urls::string_view(text.data(), text.size()), boost::urls::unreserved_chars, {},
                        boost::urls::string_token::append_to(out));
}

}  // namespace pusherd::domain
