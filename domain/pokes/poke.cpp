#include "domain/pokes/poke.hpp"

#include "domain/json_source.hpp"
#include "domain/json_text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <iterator>

namespace pusherd::domain {
namespace {

constexpr std::string_view id_only_keys[] = {"event_id", "room_id", "prio", "counts"};
constexpr std::string_view hides_counts_keys[] = {"org.matrix.msc4076.disable_badge_count", "disable_badge_count"};

template <std::size_t Size>
bool is_one_of(const json_source::member& member, const std::string_view (&keys)[Size]) {
    return std::any_of(std::begin(keys), std::end(keys), [&](std::string_view key) { return member.is(key); });
}

void append_member(std::string& out, std::string_view written_key, std::string_view value) {
    if (!out.ends_with('{')) out += ',';
    out.append("\"").append(written_key).append("\":").append(value);
}

void append_data(std::string& out, std::string_view data) {
    out += '{';
    for (const json_source::member& each : json_source::members_of(data))
        if (!each.is("url")) append_member(out, each.written_key, each.value);
    out += '}';
}

void append_device(std::string& out, const poke_device& device, std::string_view tweaks) {
    out += R"({"app_id":)";
    append_json(out, device.app_id);
    out += R"(,"pushkey":)";
    append_json(out, device.pushkey);
    out.append(R"(,"pushkey_ts":)").append(std::to_string(device.pushkey_ts)).append(R"(,"data":)");
    append_data(out, device.data);
    if (!tweaks.empty()) out.append(R"(,"tweaks":)").append(tweaks);
    out += '}';
}

}  // namespace

poke_style style_of(std::string_view data) {
    poke_style style;
    for (const json_source::member& each : json_source::members_of(data)) {
        if (each.is("format")) style.event_id_only = json_source::text_of(each.value) == "event_id_only";
        if (is_one_of(each, hides_counts_keys)) style.hides_counts = style.hides_counts || each.value == "true";
    }
    return style;
}

bool concerns(poke_style style, const notification& what) noexcept {
    return !style.hides_counts || !what.event_id.empty();
}

std::string render_poke(const notification& what, poke_style style, std::span<const poke_device> devices) {
    std::string out = R"({"notification":{)";
    for (const json_source::member& each : json_source::members_of(what.source)) {
        if (style.event_id_only && !is_one_of(each, id_only_keys)) continue;
        if (style.hides_counts && each.is("counts")) continue;
        append_member(out, each.written_key, each.value);
    }
    append_member(out, "devices", "[");
    const std::string_view tweaks = style.event_id_only ? std::string_view() : what.tweaks;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (i != 0) out += ',';
        append_device(out, devices[i], tweaks);
    }
    out += "]}}";
    return out;
}

std::optional<std::vector<std::string>> rejected_in(std::string_view body) {
    boost::system::error_code problem;
    const auto answer = boost::json::parse(boost::json::string_view(body.data(), body.size()), problem);
    if (problem || !answer.is_object()) return std::nullopt;
    const auto* rejected = answer.get_object().if_contains("rejected");
    if (rejected == nullptr || !rejected->is_array()) return std::nullopt;
    std::vector<std::string> pushkeys;
    for (const auto& each : rejected->get_array()) {
        if (!each.is_string()) return std::nullopt;
        pushkeys.emplace_back(each.get_string().data(), each.get_string().size());
    }
    return pushkeys;
}

}  // namespace pusherd::domain
