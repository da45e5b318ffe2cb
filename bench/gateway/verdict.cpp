#include "bench/gateway/verdict.hpp"

#include "domain/json_text.hpp"

namespace pusherd::bench {
namespace {

// RFC 9110, 6.4.1.
bool may_have_body(unsigned status) noexcept { return status != 204 && status != 304; }

// A body that says more than it has: whoever reads it waits for the rest, and meets the end. Of what has no body, half
// the head.
void cut_in_half(std::string& out, std::size_t begin, std::size_t body_size) {
    const std::size_t size = out.size() - begin;
    out.resize(body_size == 0 ? begin + size / 2 : out.size() - (body_size + 1) / 2);
}

}  // namespace

verdict error_verdict(unsigned status, std::string_view errcode, std::string_view error) {
    verdict out;
    out.status = status;
    out.body = "{\"errcode\":";
    domain::append_json(out.body, errcode);
    out.body += ",\"error\":";
    domain::append_json(out.body, error);
    out.body += '}';
    return out;
}

std::string describe_outcome(manner how, unsigned status) {
    switch (how) {
        case manner::whole: return std::to_string(status);
        case manner::half: return "half of a " + std::to_string(status);
        case manner::close: return "closed";
        case manner::silent: return "silent";
    }
    return {};
}

std::string describe(const verdict& said) {
    std::string out = describe_outcome(said.how, said.status);
    if (!said.note.empty()) out += ", " + said.note;
    if (said.delay.count() != 0) out += " after " + std::to_string(said.delay.count()) + " ms";
    return out;
}

void append_answer(std::string& out, net::response_writer& writer, const verdict& said, bool is_head, bool is_last) {
    const bool has_body = may_have_body(said.status);
    const std::string_view body = has_body ? std::string_view(said.body) : std::string_view();
    const std::size_t begin = out.size();
    writer.append(out,
                  {.status = said.status,
                   .content_type = has_body ? "application/json" : "",
                   .extra_fields = said.fields,
                   .is_for_scripts = false,
                   .close = is_last},
                  body, is_head);
    if (said.how == manner::half) cut_in_half(out, begin, is_head ? 0 : body.size());
}

}  // namespace pusherd::bench
