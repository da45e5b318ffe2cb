#include "bench/load/request_writer.hpp"

#include "bench/load/bench_users.hpp"

namespace pusherd::bench {

request_writer::request_writer(const target& where, const std::vector<std::string>& tokens, bool keep_alive,
                               std::uint64_t first_revision)
    : tokens_(tokens), revision_(first_revision) {
    fields_ = " HTTP/1.1\r\nHost: " + where.authority() + "\r\n";
    if (!keep_alive) fields_ += "Connection: close\r\n";
    fields_ += "Authorization: Bearer ";
    list_begin_ = "GET " + where.prefix + "/pushers" + fields_;
    set_begin_ = "POST " + where.prefix + "/pushers/set" + fields_;
}

void request_writer::append(std::string& out, request_kind kind, std::size_t user) {
    switch (kind) {
        case request_kind::list: out.append(list_begin_).append(tokens_[user]).append("\r\n\r\n"); return;
        case request_kind::set: return append_set(out, user, set_body(user, changing_pusher, ++revision_));
        case request_kind::unchanged: return append_set(out, user, set_body(user, constant_pusher, 0));
        case request_kind::shared: return append_set(out, user, shared_set_body(user, ++revision_));
        case request_kind::remove: return append_set(out, user, removal_body(user, changing_pusher));
    }
}

void request_writer::append_set(std::string& out, std::size_t user, const std::string& body) const {
    out.append(set_begin_).append(tokens_[user]);
    out.append("\r\nContent-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
    out.append("\r\n\r\n").append(body);
}

}  // namespace pusherd::bench
