#pragma once

/// What a build can do without, for code that is one with what every build has: where such code has a file of its own,
/// CMake leaves the file out.
namespace pusherd::domain {

/// Whether others are asked whose a token is, and MAS may call (PUSHERD_AUTH).
#ifdef PUSHERD_WITHOUT_AUTH
inline constexpr bool auth_is_built_in = false;
#else
inline constexpr bool auth_is_built_in = true;
#endif

}  // namespace pusherd::domain
