#pragma once

namespace pusherd::bench {

/// The `pusherd-bench` program. @return its exit status: 0 done, 1 failed or with wrong answers, 2 unusable arguments
[[nodiscard]] int run(int argc, char** argv);

}  // namespace pusherd::bench
