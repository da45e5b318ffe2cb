// The one place that knows libFuzzer. PUSHERD_FUZZ_TARGET is the function to feed.

#include "tests/fuzz/targets.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    pusherd::fuzz::PUSHERD_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
    return 0;
}
