#include "domain/validators/address_ownership.hpp"

#include "domain/text.hpp"
#include "domain/validators/answer_object.hpp"
#include "domain/validators/homeserver_validator.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace pusherd::domain {
namespace {

namespace json = boost::json;

bool is_address(const json::value& threepid, const std::string& address) {
    if (!threepid.is_object()) return false;
    const json::object& each = threepid.get_object();
    return find_text(each, "medium") == "email" && in_lower_case(find_text(each, "address").value_or("")) == address;
}

}  // namespace

std::variant<validator_request, token_verdict> ask_for_addresses(const token_question& question) {
    if (!can_be_a_bearer_token(question.token)) return token_verdict(unknown_token{});
    return get_as_client("/_matrix/client/v3/account/3pid", question);
}

std::variant<address_finding, token_verdict> understand_addresses(const validator_answer& answer,
                                                                  std::string_view address) {
    const auto body = read_object(answer.body);
    if (body && answer.status != 200)
        if (auto no = understand_refusal(answer.status, *body)) return std::move(*no);
    const json::value* const threepids = body && answer.status == 200 ? body->if_contains("threepids") : nullptr;
    if (threepids == nullptr || !threepids->is_array())
        return token_verdict(no_verdict{"it answered " + std::to_string(answer.status) + " without e-mail addresses"});
    const json::array& all = threepids->get_array();
    const std::string wanted = in_lower_case(std::string(address));
    return address_finding{
        std::any_of(all.begin(), all.end(), [&](const json::value& each) { return is_address(each, wanted); })};
}

}  // namespace pusherd::domain
