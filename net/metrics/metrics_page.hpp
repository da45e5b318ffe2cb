#pragma once

#include <string>

namespace pusherd::net {

/// Who can tell how the server is, for GET /metrics.
class metrics_page {
public:
    /// Appends all of it, in Prometheus' text format 0.0.4. An I/O thread. May throw, as anything may.
    virtual void write(std::string& out) = 0;

protected:
    ~metrics_page() = default;
};

/// The media type of that format.
inline constexpr char metrics_content_type[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace pusherd::net
