#include "domain/validators/application_service_validator.hpp"

#include "domain/sha256.hpp"
#include "domain/user_id.hpp"

#include <algorithm>

namespace pusherd::domain {

std::variant<validator_request, token_verdict> application_service_validator::ask(
    const token_question& question) const {
    return decide(question);
}

token_verdict application_service_validator::understand(const validator_answer&) const {
    return no_verdict{"an application service's registration was asked by HTTP"};
}

// What the time of the comparison tells is about digests, which lead back to no token.
token_verdict application_service_validator::decide(const token_question& question) const {
    if (sha256(question.token) != registered_.token) return unknown_token{};
    const std::string user_id = question.asserted_user.value_or(registered_.sender);
    if (!may_act_as(user_id))
        return refused_token{403, "M_FORBIDDEN",
                             "The application service may not act as this user_id: its registration does not name it."};
    const std::string device_id = question.asserted_device.value_or("");
    if (question.asserted_device && !is_device_id(device_id))
        return refused_token{400, "M_UNKNOWN_DEVICE", "There can be no device of this device_id."};
    return valid_token{user_id, device_id, {}, voucher::registration};
}

bool application_service_validator::may_act_as(std::string_view user_id) const {
    if (user_id == registered_.sender) return true;
    if (!is_user_id(user_id) || server_of(user_id) != server_of(registered_.sender)) return false;
    return std::any_of(registered_.users.begin(), registered_.users.end(),
                       [&](const user_namespace& each) { return each(user_id); });
}

}  // namespace pusherd::domain
