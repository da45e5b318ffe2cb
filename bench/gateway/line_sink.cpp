#include "bench/gateway/line_sink.hpp"

#include <cerrno>
#include <cstring>

namespace pusherd::bench {

void line_sink::write(std::string_view line) {
    if (!failure_.empty()) return;
    std::fwrite(line.data(), 1, line.size(), file_);
    std::fputc('\n', file_);
    if (std::fflush(file_) == 0 && std::ferror(file_) == 0) return;
    failure_ = std::strerror(errno);
    on_failure_();
}

}  // namespace pusherd::bench
