#include "net/api/answerer.hpp"

#include "net/api/request_line.hpp"

#include <new>

namespace pusherd::net {

void answerer::json(const admitted_request& request, std::string_view body, bool close, std::string& out,
                    unsigned status) {
    writer_.append(out, {.status = status, .extra_fields = {}, .close = close}, body, request.is_head);
    note(request, status);
}

void answerer::no_content(const admitted_request& request, bool close, std::string& out) noexcept {
    writer_.append_head(out, {.status = 204, .content_type = {}, .extra_fields = {}, .close = close});
    note(request, 204);
}

void answerer::refuse(const admitted_request& request, const refusal& no, bool is_head, bool close,
                      std::string& out) noexcept {
    note(request, write_refusal(no, is_head, close, out));
}

void answerer::refuse_unasked(const refusal& no, std::string& out) noexcept {
    (void)write_refusal(no, false, true, out);
}

// Returns the status that it has come to.
unsigned answerer::write_refusal(const refusal& no, bool is_head, bool close, std::string& out) noexcept {
    const std::size_t before = out.size();
    if (no.status != 500) {
        try {
            const std::string fields = fields_of(no);
            const std::string body = body_of(no);
            writer_.append(out, {.status = no.status, .extra_fields = fields, .close = close}, body, is_head);
            counters_.count_refusal(no.reason);
            return no.status;
        } catch (const std::bad_alloc&) {
            out.resize(before);
        }
    }
    writer_.append(out, {.status = 500, .extra_fields = {}, .close = close}, internal_error_body, is_head);
    counters_.count_refusal(refusal_reason::internal);
    return 500;
}

void answerer::note(const admitted_request& request, unsigned status) noexcept {
    const clock::duration time = clock::now() - request.came;
    counters_.count_answer(request.target, status, time);
    if (!settings_.log_requests) return;
    const std::string_view line = request.line.empty() ? std::string_view("(unreadable)") : request.line;
    log_.write(domain::severity::info, answered_line(line, status, time));
}

}  // namespace pusherd::net
