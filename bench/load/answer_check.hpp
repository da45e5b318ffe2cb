#pragma once

#include "bench/load/request_kind.hpp"

#include <string_view>

namespace pusherd::bench {

/// How an answer turned out.
enum class verdict {
    right,
    wrong_status,  ///< not 200
    wrong_body,    ///< 200, and not what was asked for
};

/// Whether the answer to a request of this kind is right, by its status and the frame of its body.
[[nodiscard]] verdict check_answer(request_kind kind, int status, std::string_view body) noexcept;

/// The same, and the body is parsed: every pusher of a list has what the specification demands. For a sample.
[[nodiscard]] verdict check_answer_closely(request_kind kind, int status, std::string_view body);

}  // namespace pusherd::bench
