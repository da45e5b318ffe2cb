#pragma once

#include <cstdint>
#include <string>

namespace pusherd::net {

/// What has been asked of an upstream server so far.
struct upstream_statistics {
    std::string name;  ///< as the option has it
    std::uint64_t requests;
    std::uint64_t failures;  ///< of these, those that were not answered
    bool is_failing;         ///< it is left alone for a moment
};

}  // namespace pusherd::net
