// Notifications that a homeserver hands over: whatever comes, what is taken is what was said, to the letter, and handed
// over once more it is taken again as it was.

#include "domain/pokes/notification.hpp"

#include "domain/json_body.hpp"
#include "domain/json_source.hpp"
#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>

namespace pusherd::fuzz {
namespace {

namespace json = boost::json;

json::object object_in(const std::string& source) {
    boost::system::error_code bad;
    const json::value value = json::parse(domain::json_source::with_short_exponents(source), bad);
    require(!bad && value.is_object(), "what is kept is a JSON object");
    require(domain::json_source::compact(source) == source, "what is kept has no insignificant whitespace");
    return value.get_object();
}

/// What a member says; empty if it says nothing.
std::string text_of(const json::object& said, const char* name) {
    const json::value* value = said.if_contains(name);
    if (value == nullptr) return {};
    require(value->is_string(), "what is to be text is text");
    return {value->get_string().data(), value->get_string().size()};
}

void check_counts(const json::object& said) {
    const json::value* counts = said.if_contains("counts");
    if (counts == nullptr) return;
    require(counts->is_object(), "counts are an object");
    for (const auto& each : counts->get_object())
        require(each.value().is_null() || (each.value().is_int64() && each.value().get_int64() >= 0),
                "a count is an integer that is not negative");
}

void check_one(const domain::notification& taken) {
    require(domain::is_user_id(taken.user_id), "a user has a user id");
    require(taken.source.size() + taken.tweaks.size() <= domain::notification_bytes, "one is no larger than it may be");
    const json::object said = object_in(taken.source);
    for (const char* name : {"room_id", "type", "sender_display_name", "room_name", "room_alias", "prio"})
        (void)text_of(said, name);
    require(text_of(said, "event_id") == taken.event_id, "an event keeps its id");
    require(!taken.event_id.empty() || said.contains("counts"), "one tells of an event, or of counts");
    require(!said.contains("devices"), "it names no devices");
    require(taken.is_of_own_event == (text_of(said, "sender") == taken.user_id), "a user's own events are known");
    check_counts(said);
    if (!taken.tweaks.empty())
        if (const json::object tweaks = object_in(taken.tweaks); tweaks.contains("sound"))
            require(tweaks.at("sound").is_string() || tweaks.at("sound").is_null(), "a sound is text");
}

void check_taken_again(const domain::notification& taken) {
    std::string body = R"({"user_id":)" + json::serialize(json::string(taken.user_id));
    body += R"(,"notification":)" + taken.source;
    if (!taken.tweaks.empty()) body += R"(,"tweaks":)" + taken.tweaks;
    const auto again = domain::parse_notifications(body + '}');
    require(again.has_value() && again->size() == 1, "what is taken is taken again");
    const domain::notification& other = again->front();
    require(other.user_id == taken.user_id && other.event_id == taken.event_id && other.source == taken.source &&
                other.tweaks == taken.tweaks && other.is_of_own_event == taken.is_of_own_event,
            "what is taken again is the same");
}

// Whether values are built of it or not, it is JSON or it is none.
void check_grammar(std::string_view body) {
    const auto built = domain::parse_json_body(body, {});
    const auto read = domain::parse_json_members(body);
    require(built.has_value() == read.has_value(), "a body is JSON, or it is none");
    if (!built)
        require(built.error().message == read.error().message, "a body is refused for the same reason");
    else
        require(built->members.size() == read->size(), "a body has the same members");
}

}  // namespace

void check_notification(std::string_view input) {
    const exact_copy body(input);
    check_grammar(body.view());
    const auto taken = domain::parse_notifications(body.view());
    if (!taken) {
        require(!taken.error().message.empty() && domain::is_utf8(taken.error().message), "a refusal is text");
        require(!domain::has_control_character(taken.error().message), "a refusal is a line");
        return;
    }
    require(!taken->empty() && taken->size() <= domain::most_notifications, "there are as many as there may be");
    for (const domain::notification& each : *taken) {
        check_one(each);
        check_taken_again(each);
    }
}

}  // namespace pusherd::fuzz
