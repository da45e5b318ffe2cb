#include "net/api/description.hpp"

namespace pusherd::net {
namespace {

// Numbers, because compilers have a limit for literals.
constexpr char document[] = {
#include "net/api/openapi_bytes.inc"  // made by description_bytes.py
};

}  // namespace

std::string_view description() noexcept { return {document, sizeof document}; }

}  // namespace pusherd::net
