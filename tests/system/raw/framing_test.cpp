// Where a body ends: RFC 9112, 6 and 7. What two parsers could end at two places is refused, and the connection with
// it, so that nothing can be smuggled behind it.

#include "tests/system/raw/raw_requests.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace pusherd::testing {
namespace {

using namespace std::string_literals;

const std::string body(removal);
const std::string one_chunk = "28\r\n" + body + "\r\n";
const std::string in_chunks = one_chunk + "0\r\n\r\n";

std::string length(std::string_view value) { return set("Content-Length:" + std::string(value) + "\r\n", removal); }

std::string coding(std::string_view field) { return set(std::string(field) + "\r\n", in_chunks); }

/// The same body, with that in place of its size.
std::string sized(std::string_view size) { return chunked(std::string(size) + "\r\n" + body + "\r\n0\r\n\r\n"); }

std::string both(std::string_view first, std::string_view second, std::string_view behind) {
    return set(std::string(first) + "\r\n" + std::string(second) + "\r\n", behind);
}

constexpr std::string_view te = "Transfer-Encoding: chunked";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(raw_framing, raw_server)

BOOST_AUTO_TEST_CASE(lengths) {
    check({
        {"as it is", length(" 40"), "200 absent kept"},
        {"with white space around it", length("\t 40 \t"), "200 absent kept"},
        {"with zeros in front", length(" 0000000000000000000000000000000000000040"), "200 absent kept"},
        {"with a plus", length(" +40"), "400 M_UNKNOWN closed"},
        {"with a minus", length(" -40"), "400 M_UNKNOWN closed"},
        {"minus nothing", length(" -0"), "400 M_UNKNOWN closed"},
        {"hexadecimal", length(" 0x28"), "400 M_UNKNOWN closed"},
        {"with a fraction", length(" 40.0"), "400 M_UNKNOWN closed"},
        {"with an exponent", length(" 4e1"), "400 M_UNKNOWN closed"},
        {"in quotation marks", length(" \"40\""), "400 M_UNKNOWN closed"},
        {"with a space inside", length(" 4 0"), "400 M_UNKNOWN closed"},
        {"with an underscore", length(" 4_0"), "400 M_UNKNOWN closed"},
        {"with a unit", length(" 40b"), "400 M_UNKNOWN closed"},
        {"with a NUL", length(" 40\0"s), "400 M_UNKNOWN closed"},
        {"with a vertical tab", length(" \v40"), "400 M_UNKNOWN closed"},
        {"in digits that are not ASCII", length(" \xef\xbc\x94\xef\xbc\x90"), "400 M_UNKNOWN closed"},
        {"of nothing", length(""), "400 M_UNKNOWN closed"},
        {"a list of equal ones", length(" 40, 40"), "400 M_UNKNOWN closed"},
        {"a list of two", length(" 40, 0"), "400 M_UNKNOWN closed"},
        {"a comma behind it", length(" 40,"), "400 M_UNKNOWN closed"},
        {"twice the same", both("Content-Length: 40", "Content-Length: 40", removal), "400 M_UNKNOWN closed"},
        {"two of them", both("Content-Length: 40", "Content-Length: 0", removal), "400 M_UNKNOWN closed"},
        {"twice, in another case", both("Content-Length: 0", "CONTENT-length: 40", removal), "400 M_UNKNOWN closed"},
        {"one that is no length by its name", both("Content_Length: 5", "Content-Length: 40", removal),
         "200 absent kept"},
        {"one more than may be", set("Content-Length: 65537\r\n", ""), "413 M_TOO_LARGE closed"},
        {"2^31", set("Content-Length: 2147483648\r\n", ""), "413 M_TOO_LARGE closed"},
        {"2^32 and 40", set("Content-Length: 4294967336\r\n", removal), "413 M_TOO_LARGE closed"},
        {"2^63", set("Content-Length: 9223372036854775808\r\n", ""), "413 M_TOO_LARGE closed"},
        {"2^64 - 1", set("Content-Length: 18446744073709551615\r\n", ""), "413 M_TOO_LARGE closed"},
        {"2^64 and 40", set("Content-Length: 18446744073709551656\r\n", removal), "400 M_UNKNOWN closed"},
        {"forty digits", set("Content-Length: " + std::string(40, '9') + "\r\n", ""), "400 M_UNKNOWN closed"},
        {"more than comes", set("Content-Length: 41\r\n", removal), "waits"},
        {"less than comes", set("Content-Length: 39\r\n", body + "\r\n\r\n"), "400 M_NOT_JSON 400 M_UNKNOWN closed"},
        {"none, and a body", "GET /health HTTP/1.1\r\nHost: x\r\n\r\n{}\r\n\r\n", "200 400 M_UNKNOWN closed"},
        {"of a GET", health("Content-Length: 5\r\n", "hello"), "200 kept"},
        {"of a GET whose body is a request", health("Content-Length: 27\r\n", "GET /nowhere HTTP/1.1\r\n\r\n\r\n"),
         "200 kept"},
    });
}

BOOST_AUTO_TEST_CASE(codings) {
    check({
        {"chunked", coding(te), "200 absent kept"},
        {"Chunked", coding("TRANSFER-encoding: CHUNKED"), "200 absent kept"},
        {"with white space around it", coding("Transfer-Encoding:\t chunked\t "), "200 absent kept"},
        {"a name that only looks like it", both("Transfer_Encoding: chunked", "Content-Length: 40", removal),
         "200 absent kept"},
        {"gzip alone", coding("Transfer-Encoding: gzip"), "400 M_UNKNOWN closed"},
        {"gzip, chunked", coding("Transfer-Encoding: gzip, chunked"), "400 M_UNKNOWN closed"},
        {"chunked, gzip", coding("Transfer-Encoding: chunked, gzip"), "400 M_UNKNOWN closed"},
        {"chunked, chunked", coding("Transfer-Encoding: chunked, chunked"), "400 M_UNKNOWN closed"},
        {"chunked, identity", coding("Transfer-Encoding: chunked, identity"), "400 M_UNKNOWN closed"},
        {"identity", coding("Transfer-Encoding: identity"), "400 M_UNKNOWN closed"},
        {"nothing", coding("Transfer-Encoding:"), "400 M_UNKNOWN closed"},
        {"a comma behind it", coding("Transfer-Encoding: chunked,"), "400 M_UNKNOWN closed"},
        {"a comma in front", coding("Transfer-Encoding: , chunked"), "400 M_UNKNOWN closed"},
        {"a parameter", coding("Transfer-Encoding: chunked;q=1"), "400 M_UNKNOWN closed"},
        {"in quotation marks", coding("Transfer-Encoding: \"chunked\""), "400 M_UNKNOWN closed"},
        {"in apostrophes", coding("Transfer-Encoding: 'chunked'"), "400 M_UNKNOWN closed"},
        {"xchunked", coding("Transfer-Encoding: xchunked"), "400 M_UNKNOWN closed"},
        {"a vertical tab in front", coding("Transfer-Encoding: \vchunked"), "400 M_UNKNOWN closed"},
        {"a NUL behind it", coding("Transfer-Encoding: chunked\0"s), "400 M_UNKNOWN closed"},
        {"a space before the colon", coding("Transfer-Encoding : chunked"), "400 M_UNKNOWN closed"},
        {"a letter beyond ASCII that looks like k",
         coding("Transfer-Encoding: chun\xe2\x84\xaa"
                "ed"),
         "400 M_UNKNOWN closed"},
        {"behind a bare LF", coding("A: b\nTransfer-Encoding: chunked"), "400 M_UNKNOWN closed"},
        {"behind a bare CR", coding("A: b\rTransfer-Encoding: chunked"), "400 M_UNKNOWN closed"},
        {"twice", both(te, te, in_chunks), "400 M_UNKNOWN closed"},
        {"twice, and the second is another", both(te, "Transfer-Encoding: identity", in_chunks),
         "400 M_UNKNOWN closed"},
        {"twice, and the first is another", both("Transfer-Encoding: x", te, in_chunks), "400 M_UNKNOWN closed"},
        {"in HTTP/1.0", "GET /health HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 M_UNKNOWN closed"},
        {"TE is another field", both("TE: chunked", "Content-Length: 40", removal), "200 absent kept"},
    });
}

BOOST_AUTO_TEST_CASE(smuggling) {
    const std::string hidden = smuggled();
    const std::string all = std::to_string(hidden.size() + 5);
    const std::string inner = get("/health");  // 33 bytes, which nobody is to answer
    check({
        {"CL.TE", both("Content-Length: " + all, te, "0\r\n\r\n" + hidden), "400 M_UNKNOWN closed"},
        {"CL.TE, the other way round", both(te, "Content-Length: " + all, "0\r\n\r\n" + hidden),
         "400 M_UNKNOWN closed"},
        {"TE.CL", both("Content-Length: 4", te, "5c\r\n" + hidden), "400 M_UNKNOWN closed"},
        {"TE.CL of nothing", both("Content-Length: 0", te, in_chunks + hidden), "400 M_UNKNOWN closed"},
        {"TE.TE by a space", both(te, "Transfer-Encoding : x", in_chunks + hidden), "400 M_UNKNOWN closed"},
        {"TE.TE by a second value", both(te, "Transfer-encoding: cow", in_chunks + hidden), "400 M_UNKNOWN closed"},
        {"TE.TE by obs-fold", both(te, " , identity", in_chunks + hidden), "400 M_UNKNOWN closed"},
        {"CL.CL", both("Content-Length: 40", "Content-Length: " + all, body + hidden), "400 M_UNKNOWN closed"},
        {"CL.0 of a GET", health("Content-Length: 0\r\n", "X" + hidden), "200 405 M_UNRECOGNIZED closed"},
        {"both in HTTP/1.0",
         "POST /health HTTP/1.0\r\nContent-Length: " + all + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
         "400 M_UNKNOWN closed"},
        {"a set behind a refusal with its body",
         "BREW /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx" + hidden, "405 M_UNRECOGNIZED closed"},
        {"a request in the body of a set", set("Content-Length: 33\r\n", inner), "400 M_NOT_JSON kept"},
        {"a request in a chunk", chunked("21\r\n" + inner + "\r\n0\r\n\r\n"), "400 M_NOT_JSON kept"},
        {"a request in a chunk, and the first of two sizes", chunked("21;x=\"\n0\"\r\n" + inner + "\r\n0\r\n\r\n"),
         "400 M_UNKNOWN closed"},
        {"lines in a query", get("/health?%0d%0a%0d%0aPOST"), "200 kept"},
        {"a set in the value of a field", health("A: b\\r\\n\\r\\nPOST /_matrix/client/v3/pushers/set\r\n"),
         "200 kept"},
    });
}

BOOST_AUTO_TEST_CASE(sizes_of_chunks) {
    check({
        {"as it is", sized("28"), "200 absent kept"},
        {"with zeros in front", sized("000000000000000000000000000000028"), "200 absent kept"},
        {"of several chunks", chunked("10\r\n" + body.substr(0, 16) + "\r\n18\r\n" + body.substr(16) + "\r\n0\r\n\r\n"),
         "200 absent kept"},
        {"of none", chunked("0\r\n\r\n"), "400 M_NOT_JSON kept"},
        {"a last chunk of several zeros", chunked(one_chunk + "0000\r\n\r\n"), "200 absent kept"},
        {"none", sized(""), "400 M_UNKNOWN closed"},
        {"with 0x", sized("0x28"), "400 M_UNKNOWN closed"},
        {"with a plus", sized("+28"), "400 M_UNKNOWN closed"},
        {"with a minus", sized("-28"), "400 M_UNKNOWN closed"},
        {"minus nothing for the last", chunked(one_chunk + "-0\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"with a space in front", sized(" 28"), "400 M_UNKNOWN closed"},
        {"with a space behind", sized("28 "), "400 M_UNKNOWN closed"},
        {"with a tab behind", sized("28\t"), "400 M_UNKNOWN closed"},
        {"with a comma", sized("28,28"), "400 M_UNKNOWN closed"},
        {"with an underscore", sized("2_8"), "400 M_UNKNOWN closed"},
        {"with a letter that is no digit", sized("28h"), "400 M_UNKNOWN closed"},
        {"with a NUL", sized("28\0"s), "400 M_UNKNOWN closed"},
        {"2^64 and 40", sized("10000000000000028"), "400 M_UNKNOWN closed"},
        {"2^64 - 1", chunked("ffffffffffffffff\r\n" + body), "413 M_TOO_LARGE closed"},
        {"2^63", chunked("8000000000000000\r\n" + body), "413 M_TOO_LARGE closed"},
        {"2^32 and 40", chunked("100000028\r\n" + body), "413 M_TOO_LARGE closed"},
        {"one more than may be", chunked("10001\r\n" + body), "413 M_TOO_LARGE closed"},
        {"twenty f", chunked(std::string(20, 'f') + "\r\n" + body), "400 M_UNKNOWN closed"},
        {"one less than comes", sized("27"), "400 M_UNKNOWN closed"},
        {"one more than comes", sized("29"), "400 M_UNKNOWN closed"},
        {"and nothing behind it", chunked("28\r\n"), "waits"},
        {"and no last chunk", chunked(one_chunk), "waits"},
        {"and no end of the last chunk", chunked(one_chunk + "0\r\n"), "waits"},
    });
}

BOOST_AUTO_TEST_CASE(lines_of_a_chunked_body) {
    check({
        {"LF behind a size", chunked("28\n" + body + "\r\n0\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"CR behind a size", chunked("28\r" + body + "\r\n0\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"two CR behind a size", chunked("28\r\r\n" + body + "\r\n0\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"LF behind the data", chunked("28\r\n" + body + "\n0\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"CR behind the data", chunked("28\r\n" + body + "\r0\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"nothing behind the data", chunked("28\r\n" + body + "0\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"two bytes that are no CR LF behind the data", chunked("28\r\n" + body + "xx0\r\n\r\n"),
         "400 M_UNKNOWN closed"},
        {"an empty line before a size", chunked("\r\n" + in_chunks), "400 M_UNKNOWN closed"},
        {"LF behind the last size", chunked(one_chunk + "0\n\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"LF for the end", chunked(one_chunk + "0\r\n\n\r\n\r\n"), "400 M_UNKNOWN closed"},
    });
}

BOOST_AUTO_TEST_CASE(extensions_and_trailers) {
    const std::string most(4000, 'x');
    check({
        {"an extension", sized("28;a"), "200 absent kept"},
        {"an extension with a value", sized("28;a=b"), "200 absent kept"},
        {"an extension in quotation marks", sized("28;a=\"b;\\\"c\""), "200 absent kept"},
        {"white space around an extension", sized("28 ; a = b"), "200 absent kept"},
        {"an extension of the last chunk", chunked(one_chunk + "0;a=b\r\n\r\n"), "200 absent kept"},
        {"a long extension", sized("28;a=" + most), "200 absent kept"},
        {"an extension that is too long", sized("28;a=" + most + most), "400 M_UNKNOWN closed"},
        {"an extension without a name", sized("28;"), "400 M_UNKNOWN closed"},
        {"an extension without its value", sized("28;a="), "400 M_UNKNOWN closed"},
        {"LF in an extension", sized("28;a\nb"), "400 M_UNKNOWN closed"},
        {"CR in an extension", sized("28;a\rb"), "400 M_UNKNOWN closed"},
        {"LF in quotation marks", sized("28;a=\"\n\""), "400 M_UNKNOWN closed"},
        {"CR LF in quotation marks", sized("28;a=\"\r\n\""), "400 M_UNKNOWN closed"},
        {"NUL in an extension", sized("28;a\0b"s), "400 M_UNKNOWN closed"},
        {"NUL in quotation marks", sized("28;a=\"\0\""s), "400 M_UNKNOWN closed"},
        {"a trailer", chunked(one_chunk + "0\r\nA: b\r\n\r\n"), "200 absent kept"},
        {"a token in a trailer",
         "POST /_matrix/client/v3/pushers/set HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
         "\r\n" +
             one_chunk + "0\r\nAuthorization: Bearer {token}\r\n\r\n",
         "401 M_MISSING_TOKEN closed"},
        {"a second token in a trailer", chunked(one_chunk + "0\r\nAuthorization: Bearer x\r\n\r\n"), "200 absent kept"},
        {"close in a trailer", chunked(one_chunk + "0\r\nConnection: close\r\n\r\n"), "200 absent kept"},
        {"a length in a trailer", chunked(one_chunk + "0\r\nContent-Length: 5\r\n\r\nhello"), "400 M_UNKNOWN closed"},
        {"a coding in a trailer", chunked(one_chunk + "0\r\nTransfer-Encoding: chunked\r\n\r\n"),
         "400 M_UNKNOWN closed"},
        {"a trailer without a colon", chunked(one_chunk + "0\r\nA b\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"a trailer with a space before the colon", chunked(one_chunk + "0\r\nA : b\r\n\r\n"), "400 M_UNKNOWN closed"},
        // RFC 9112, 5.2: refused, or read as a space; and trailers mean nothing here.
        {"obs-fold in a trailer", chunked(one_chunk + "0\r\nA: b\r\n c\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"obs-fold of the first trailer", chunked(one_chunk + "0\r\n A: b\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"LF in a trailer", chunked(one_chunk + "0\r\nA: b\nc: d\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"LF for the end of a trailer", chunked(one_chunk + "0\r\nA: b\n\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"LF LF in a trailer", chunked(one_chunk + "0\r\nA: b\n\n" + health("")), "400 M_UNKNOWN closed"},
        {"CR in a trailer", chunked(one_chunk + "0\r\nA: b\rc\r\n\r\n"), "400 M_UNKNOWN closed"},
        {"NUL in a trailer", chunked(one_chunk + "0\r\nA: b\0c\r\n\r\n"s), "400 M_UNKNOWN closed"},
        {"a trailer that is too long", chunked(one_chunk + "0\r\nA: " + most + most + "\r\n\r\n"),
         "400 M_UNKNOWN closed"},
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
