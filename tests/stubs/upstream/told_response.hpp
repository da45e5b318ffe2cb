#pragma once

#include "tests/stubs/upstream/messages.hpp"
#include "tests/stubs/upstream/script.hpp"

namespace pusherd::stubs {

/// What a test has told the stub to answer, as an answer.
[[nodiscard]] inline response told_response(const told_answer& told) {
    response made = answer_of(told.status, told.body);
    for (const auto& [name, value] : told.fields) made.set(name, value);
    return made;
}

}  // namespace pusherd::stubs
