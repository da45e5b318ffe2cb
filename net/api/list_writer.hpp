#pragma once

#include "domain/store.hpp"
#include "net/http/response.hpp"

#include <string>
#include <string_view>

namespace pusherd::net {

/// Puts a list between its two constants, straight from the snapshot into the answer.
class list_writer final : public domain::list_visitor {
public:
    list_writer(response_writer& writer, std::string& out, bool is_head, bool close)
        : writer_(writer), out_(out), is_head_(is_head), close_(close) {}

    void visit(std::string_view items) override {
        writer_.append_head(
            out_, {.content_length = begin.size() + items.size() + end.size(), .extra_fields = {}, .close = close_});
        if (is_head_) return;
        out_ += begin;
        out_ += items;
        out_ += end;
    }

private:
    static constexpr std::string_view begin = R"({"pushers":[)";
    static constexpr std::string_view end = "]}";

    response_writer& writer_;
    std::string& out_;
    bool is_head_;
    bool close_;
};

}  // namespace pusherd::net
