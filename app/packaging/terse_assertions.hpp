#pragma once

// Included before everything else in the minimal build (PUSHERD_SMALL). libstdc++'s assertions hold, but end
// the process without the line that names file and function: those texts would be a twentieth of the binary. The names
// are those of libstdc++ 12 (bits/c++config.h); where it has others, its own macro stays.

#include <cstddef>

#ifdef __glibcxx_assert_impl
#undef __glibcxx_assert_impl
#define __glibcxx_assert_impl(condition)             \
    if (__builtin_expect(!bool(condition), false)) { \
        __glibcxx_constexpr_assert(false);           \
        __builtin_trap();                            \
    }
#endif
