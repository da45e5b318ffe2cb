#pragma once

#include <cstddef>

/// The fixed bounds of a set command and of a user's pushers. Those that an operator may change are options.
namespace pusherd::domain::limits {

inline constexpr std::size_t pushkey_bytes = 512;      ///< "Max length, 512 bytes." (POST /pushers/set)
inline constexpr std::size_t app_id_characters = 64;   ///< "Max length, 64 chars.": code points, not bytes
inline constexpr std::size_t label_bytes = 1024;       ///< a display name, lang, profile_tag
inline constexpr std::size_t data_bytes = 16 * 1024;   ///< `data`, without insignificant whitespace
inline constexpr std::size_t json_depth = 32;          ///< how deeply a body may be nested
inline constexpr std::size_t user_bytes = 256 * 1024;  ///< what all pushers of a user may take in a list
inline constexpr std::size_t user_id_bytes = 255;      ///< Matrix appendices, "User Identifiers"
inline constexpr std::size_t device_id_bytes = 255;

}  // namespace pusherd::domain::limits
