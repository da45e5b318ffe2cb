// What stands in place of validators.cpp in a build without them (PUSHERD_AUTH=OFF).

#include "app/commands/commands.hpp"
#include "app/service/validators.hpp"

namespace pusherd::app {

std::string check_validator(const std::string& named) {
    return named == "tokens" ? "" : "this pusherd was built without validators: it knows tokens alone";
}

void check_email_policy(domain::email_policy policy, const auth_options&) {
    if (policy == domain::email_policy::owned)
        throw unusable_arguments("--email-pushers owned needs a homeserver to ask: this pusherd was built without");
}

std::vector<net::validator_options> read_validators(const auth_options&, const std::string&) { return {}; }

std::unique_ptr<net::authenticator> start_authenticator(std::vector<net::validator_options>, const auth_options&,
                                                        domain::logger&) {
    return nullptr;
}

std::chrono::milliseconds time_to_keep_session_ends(const auth_options&) { return {}; }

}  // namespace pusherd::app
