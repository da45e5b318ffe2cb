#include "domain/pokes/delivery_failure.hpp"

namespace pusherd::domain {

std::string_view to_string(failure_kind kind) noexcept {
    switch (kind) {
        case failure_kind::none: return "none";
        case failure_kind::name: return "name";
        case failure_kind::connection: return "connection";
        case failure_kind::tls: return "tls";
        case failure_kind::timeout: return "timeout";
        case failure_kind::answer: return "answer";
        case failure_kind::status: return "status";
        case failure_kind::blocked: return "blocked";
    }
    return "none";
}

}  // namespace pusherd::domain
