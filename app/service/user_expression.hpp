#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace pusherd::app {

/// The users that an application service is about, by a regular expression of its registration (application service
/// API, "Registration").
class user_expression {
public:
    /// Throws std::invalid_argument, which says what is wrong with the expression, or net::loaded_library::missing.
    explicit user_expression(const std::string& regex);

    /// Whether the user is one of them: matched from the beginning of the id, and not necessarily to its end, as
    /// Synapse does. Nobody is, whose id is no UTF-8, or takes too many steps to match.
    [[nodiscard]] bool operator()(std::string_view user_id) const;

private:
    struct compiled;
    std::shared_ptr<const compiled> compiled_;
};

}  // namespace pusherd::app
