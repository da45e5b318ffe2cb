#pragma once

#include <cstdint>
#include <string>

namespace pusherd::stubs {

/// How the stub is started.
struct options {
    std::uint16_t port = 0;          ///< 0: a free one
    bool starts_held = false;        ///< holds requests until it is released: it has not been told yet what to answer
    std::string base_path{};         ///< in front of every path but those that control it, such as "/matrix"
    std::string certificate_file{};  ///< empty: in the clear
    std::string key_file{};
    std::string client_id{};  ///< who may introspect: by HTTP Basic with these two,
    std::string client_secret{};
    std::string bearer_secret{};  ///< or with this as a bearer token; without either, nobody may
};

}  // namespace pusherd::stubs
