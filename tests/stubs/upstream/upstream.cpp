#include "tests/stubs/upstream/upstream.hpp"

#include "tests/stubs/upstream/authentication_service.hpp"
#include "tests/stubs/upstream/homeserver.hpp"
#include "tests/stubs/upstream/push_gateway.hpp"

namespace pusherd::stubs {

response upstream::answer(const request& asked) const {
    std::string_view path = path_of(asked);
    const auto unrecognized = [] { return matrix_error(404, "M_UNRECOGNIZED", "Unrecognized request"); };
    if (!path.starts_with(how_.base_path)) return unrecognized();
    path.remove_prefix(how_.base_path.size());
    if (auto made = ask_homeserver(asked, path, told_)) return *std::move(made);
    if (auto made = ask_authentication_service(asked, path, told_, how_)) return *std::move(made);
    if (auto made = ask_push_gateway(asked, path, told_)) return *std::move(made);
    return unrecognized();
}

void upstream::release() {
    told_.set_fault({});
    released_.cancel();
}

}  // namespace pusherd::stubs
