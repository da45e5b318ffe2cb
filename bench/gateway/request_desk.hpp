#pragma once

#include "bench/gateway/line_sink.hpp"
#include "bench/gateway/options.hpp"
#include "bench/gateway/received_notification.hpp"
#include "bench/gateway/rule_book.hpp"
#include "bench/gateway/tally.hpp"
#include "bench/gateway/verdict.hpp"
#include "net/http/request_head.hpp"
#include "net/http/request_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace pusherd::bench {

/// What a request asks for.
enum class asked_for : std::uint8_t {
    delivery,   ///< of a notification: POST /_matrix/push/v1/notify
    discovery,  ///< GET on that: who speaks UnifiedPush asks whether this is a gateway
    wrong_method,
    unknown,  ///< another path
};

[[nodiscard]] asked_for what_is_asked(const net::request_head& head) noexcept;

/// The longest body that is taken.
inline constexpr std::size_t most_body_bytes = 512 * 1024;

/// Takes requests, says what they are answered with, counts and shows them. Knows no socket. One thread.
class request_desk {
public:
    /// @param out for what is shown; must outlive it
    /// @param on_enough is called once as many notifications have come as the options say
    request_desk(const gateway_options& options, line_sink& out, std::function<void()> on_enough);

    /// A request that has come whole.
    [[nodiscard]] verdict take(asked_for what, std::string_view body);

    /// One that cannot be read.
    [[nodiscard]] verdict refuse(net::reading_fault why);

    /// Shows the counts, where that is what is shown, if something has come since the last time.
    void show_counts();

    /// All that has come, in a line.
    [[nodiscard]] std::string totals() const { return counted_.to_last_line(); }

private:
    [[nodiscard]] verdict take_notification(std::string_view body);
    [[nodiscard]] verdict note_other(verdict said);
    void show(const received_notification& what, std::string_view body, const verdict& said);
    [[nodiscard]] bool has_enough() const noexcept;

    shown output_;
    std::uint64_t enough_requests_;
    std::uint64_t enough_pokes_;
    rule_book rules_;
    notification_reader reader_;
    tally counted_;
    std::uint64_t shown_requests_ = 0;
    line_sink& out_;
    std::function<void()> on_enough_;
};

}  // namespace pusherd::bench
