#include "bench/gateway/received_notification.hpp"

#include "domain/json_source.hpp"

#include <boost/json/parse.hpp>

namespace pusherd::bench {
namespace {

namespace json = boost::json;

constexpr unreadable_notification not_json{"M_NOT_JSON", "The body is not JSON"};
constexpr unreadable_notification no_notification{"M_BAD_JSON", "There is no object 'notification'"};
constexpr unreadable_notification no_devices{"M_BAD_JSON", "'devices' must be an array of one device or more"};
constexpr unreadable_notification bad_device{"M_BAD_JSON", "A device must have an app_id and a pushkey, both strings"};

const json::object* object_in(const json::object& parent, std::string_view key) {
    const json::value* const found = parent.if_contains({key.data(), key.size()});
    return found == nullptr ? nullptr : found->if_object();
}

std::optional<std::string_view> text_in(const json::object& parent, std::string_view key) {
    const json::value* const found = parent.if_contains({key.data(), key.size()});
    const json::string* const text = found == nullptr ? nullptr : found->if_string();
    if (text == nullptr) return std::nullopt;
    return std::string_view(text->data(), text->size());
}

std::optional<std::int64_t> number_in(const json::object* parent, std::string_view key) {
    if (parent == nullptr) return std::nullopt;
    const json::value* const found = parent->if_contains({key.data(), key.size()});
    const std::int64_t* const number = found == nullptr ? nullptr : found->if_int64();
    return number == nullptr ? std::nullopt : std::optional(*number);
}

std::string_view text_or_nothing(const json::object& parent, std::string_view key) {
    return text_in(parent, key).value_or(std::string_view());
}

std::optional<received_device> device_in(const json::value& item) {
    const json::object* const device = item.if_object();
    if (device == nullptr) return std::nullopt;
    const auto app_id = text_in(*device, "app_id");
    const auto pushkey = text_in(*device, "pushkey");
    if (!app_id || !pushkey) return std::nullopt;
    return received_device{*app_id, *pushkey};
}

received_notification without_devices(const json::object& from) {
    const json::object* const content = object_in(from, "content");
    const json::object* const counts = object_in(from, "counts");
    return {.event_id = text_or_nothing(from, "event_id"),
            .room_id = text_or_nothing(from, "room_id"),
            .type = text_or_nothing(from, "type"),
            .sender = text_or_nothing(from, "sender"),
            .text = content == nullptr ? std::string_view() : text_or_nothing(*content, "body"),
            .unread = number_in(counts, "unread"),
            .missed_calls = number_in(counts, "missed_calls"),
            .devices = {}};
}

}  // namespace

// What is nested deeper than Boost.JSON follows by itself is a matter of the event's sender, not of its gateway; and an
// exponent may be longer than Boost.JSON takes (domain/json_source.hpp).
bool notification_reader::parse(std::string_view body) {
    json::parse_options options;
    options.max_depth = 1000;
    document_.reset();
    memory_.release();
    boost::system::error_code failed;
    document_.emplace(json::parse({body.data(), body.size()}, failed, &memory_, options));
    if (failed != json::error::exponent_overflow) return !failed;
    const std::string again = domain::json_source::with_short_exponents(body);
    document_.emplace(json::parse(again, failed, &memory_, options));
    return !failed;
}

notification_reader::outcome notification_reader::read(std::string_view body) {
    if (!parse(body)) return not_json;
    const json::object* const whole = document_->if_object();
    const json::object* const told = whole == nullptr ? nullptr : object_in(*whole, "notification");
    if (told == nullptr) return no_notification;
    const json::value* const found = told->if_contains("devices");
    const json::array* const devices = found == nullptr ? nullptr : found->if_array();
    if (devices == nullptr || devices->empty()) return no_devices;

    received_notification out = without_devices(*told);
    out.devices.reserve(devices->size());
    for (const json::value& each : *devices) {
        const auto device = device_in(each);
        if (!device) return bad_device;
        out.devices.push_back(*device);
    }
    return out;
}

}  // namespace pusherd::bench
