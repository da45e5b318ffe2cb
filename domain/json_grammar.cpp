#include "domain/json_grammar.hpp"

#include "domain/json_source.hpp"
#include "domain/limits.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace pusherd::domain {
namespace {

namespace json = boost::json;
using boost::system::error_code;

/// Is told what a text says, and lets it pass.
struct indifferent_handler {
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    static bool on_document_begin(error_code&) { return true; }
    static bool on_document_end(error_code&) { return true; }
    static bool on_object_begin(error_code&) { return true; }
    static bool on_object_end(std::size_t, error_code&) { return true; }
    static bool on_array_begin(error_code&) { return true; }
    static bool on_array_end(std::size_t, error_code&) { return true; }
    static bool on_key_part(json::string_view, std::size_t, error_code&) { return true; }
    static bool on_key(json::string_view, std::size_t, error_code&) { return true; }
    static bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
    static bool on_string(json::string_view, std::size_t, error_code&) { return true; }
    static bool on_number_part(json::string_view, error_code&) { return true; }
    static bool on_int64(std::int64_t, json::string_view, error_code&) { return true; }
    static bool on_uint64(std::uint64_t, json::string_view, error_code&) { return true; }
    static bool on_double(double, json::string_view, error_code&) { return true; }
    static bool on_bool(bool, error_code&) { return true; }
    static bool on_null(error_code&) { return true; }
    static bool on_comment_part(json::string_view, error_code&) { return true; }
    static bool on_comment(json::string_view, error_code&) { return true; }
};

error_code fault_in(std::string_view text) {
    static_assert(limits::json_depth == 32);
    json::basic_parser<indifferent_handler> parser{json::parse_options()};  // at most 32 levels deep, in valid UTF-8
    error_code problem;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), problem);
    if (!problem && read < text.size()) problem = json::error::extra_data;
    return problem;
}

}  // namespace

result<> check_json(std::string_view body) {
    error_code problem = fault_in(body);
    if (problem == json::error::exponent_overflow) problem = fault_in(json_source::with_short_exponents(body));
    if (problem) return error{errc::not_json, "The body is not JSON: " + problem.message() + "."};
    return {};
}

}  // namespace pusherd::domain
