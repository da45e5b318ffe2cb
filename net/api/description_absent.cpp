// In place of description.cpp in a build that leaves it out.
#include "net/api/description.hpp"

namespace pusherd::net {

std::string_view description() noexcept { return {}; }

}  // namespace pusherd::net
