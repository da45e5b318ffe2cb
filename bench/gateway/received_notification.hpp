#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pusherd::bench {

/// A device that is poked.
struct received_device {
    std::string_view app_id;
    std::string_view pushkey;
};

/// What a push gateway is told by one request (Push Gateway API, POST /_matrix/push/v1/notify), as far as it is shown.
/// What is not there, or is of another type than the API gives it, is empty.
struct received_notification {
    std::string_view event_id;
    std::string_view room_id;
    std::string_view type;
    std::string_view sender;
    std::string_view text;  ///< `body` of the content
    std::optional<std::int64_t> unread;
    std::optional<std::int64_t> missed_calls;
    std::vector<received_device> devices;  ///< at least one
};

/// Why a body is no such thing, for who has sent it.
struct unreadable_notification {
    std::string_view errcode;
    std::string_view error;
};

/// Reads bodies, one after another, in memory of its own. One thread.
class notification_reader {
public:
    using outcome = std::variant<received_notification, unreadable_notification>;

    notification_reader() = default;
    notification_reader(const notification_reader&) = delete;
    notification_reader& operator=(const notification_reader&) = delete;

    /// @return views that end with the next call
    [[nodiscard]] outcome read(std::string_view body);

private:
    [[nodiscard]] bool parse(std::string_view body);

    std::array<unsigned char, 16 * 1024> room_;  // enough for nearly all; more comes from the heap
    boost::json::monotonic_resource memory_{room_.data(), room_.size()};
    std::optional<boost::json::value> document_;
};

}  // namespace pusherd::bench
