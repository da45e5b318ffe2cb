#pragma once

#include "domain/identity.hpp"
#include "domain/validators/token_validator.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pusherd::domain {

/// Whether a user is of a namespace. Any thread.
using user_namespace = std::function<bool(std::string_view user_id)>;

/// An application service, as far as its registration says whom it may act as.
struct application_service {
    token_digest token;  ///< of its `as_token`
    std::string sender;  ///< its own user: a user id
    std::vector<user_namespace> users;
};

/// Knows the token of an application service by its registration, so nobody need be asked (application service API,
/// "Identity assertion").
///
/// Which users and devices there are is the homeserver's to know: here any user of the namespaces is taken, and any
/// text that can name a device.
class application_service_validator final : public token_validator {
public:
    explicit application_service_validator(application_service registered) : registered_(std::move(registered)) {}

    /// Always a verdict.
    [[nodiscard]] std::variant<validator_request, token_verdict> ask(const token_question& question) const override;

    [[nodiscard]] bool heeds_assertions() const noexcept override { return true; }

    /// Nobody is asked, so there is nothing to understand.
    [[nodiscard]] token_verdict understand(const validator_answer& answer) const override;

private:
    [[nodiscard]] bool may_act_as(std::string_view user_id) const;
    [[nodiscard]] token_verdict decide(const token_question& question) const;

    application_service registered_;
};

}  // namespace pusherd::domain
