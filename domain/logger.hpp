#pragma once

#include <cstdint>
#include <string_view>

namespace pusherd::domain {

/// How much a log line matters. `notice` is printed whatever the log level is: what an operator must see, such as
/// the addresses that the server listens on.
enum class severity : std::uint8_t { debug, info, warning, error, critical, notice };

/// Where the layers report what happened; `app` decides how a line looks and where it goes.
class logger {
public:
    virtual ~logger() = default;

    /// Writes one line. Any thread. A message never holds an access token; control characters in it are escaped.
    virtual void write(severity how_much, std::string_view message) noexcept = 0;
};

}  // namespace pusherd::domain
