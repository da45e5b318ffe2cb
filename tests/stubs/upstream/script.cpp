#include "tests/stubs/upstream/script.hpp"

#include <array>
#include <stdexcept>

namespace pusherd::stubs {

void script::set_answer(const std::string& endpoint, const std::string& token, told_answer answer) {
    answers_[{endpoint, token}] = std::move(answer);
}

void script::forget(const std::string& token) {
    std::erase_if(answers_, [&](const auto& each) { return each.first.second == token; });
}

const told_answer* script::find(const std::string& endpoint, const std::string& token) const {
    const auto found = answers_.find({endpoint, token});
    return found == answers_.end() ? nullptr : &found->second;
}

fault script::take_fault(const std::string& token, bool is_reused) {
    const bool is_of_reused = fault_.kind == fault_kind::closes_reused || fault_.kind == fault_kind::silent_reused;
    const bool is_concerned = (fault_.token.empty() || fault_.token == token) && (!is_of_reused || is_reused);
    if (!is_concerned || fault_.times == 0U) return {};
    if (fault_.times) --*fault_.times;
    return fault_;
}

fault_kind fault_kind_of(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, fault_kind>, 11> kinds{
        {{"none", fault_kind::none},
         {"slow", fault_kind::slow},
         {"held", fault_kind::held},
         {"http_500", fault_kind::http_500},
         {"wrong", fault_kind::wrong},
         {"half_an_answer", fault_kind::half_an_answer},
         {"no_answer", fault_kind::no_answer},
         {"reset", fault_kind::reset},
         {"closes_after_answer", fault_kind::closes_after_answer},
         {"closes_reused", fault_kind::closes_reused},
         {"silent_reused", fault_kind::silent_reused}}};
    for (const auto& [known, kind] : kinds)
        if (known == name) return kind;
    throw std::invalid_argument("no such fault: " + std::string(name));
}

}  // namespace pusherd::stubs
