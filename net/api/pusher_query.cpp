#include "net/api/pusher_query.hpp"

#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "net/api/percent_encoding.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace pusherd::net {
namespace {

constexpr std::size_t most_of_a_page = 1000;

domain::error invalid(std::string_view name, std::string_view what) {
    return {domain::errc::invalid_param, "'" + std::string(name) + "' " + std::string(what)};
}

template <class Number>
std::optional<Number> to_number(std::string_view text, int base = 10) {
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

// `INDEX-USER`, the user id in hexadecimal.
std::optional<domain::search_position> to_position(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto pusher = to_number<std::uint32_t>(text.substr(0, dash));
    const std::string_view digits = text.substr(dash + 1);
    if (!pusher || digits.size() % 2 != 0) return std::nullopt;
    domain::search_position position{.user_id = {}, .pusher = *pusher};
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto byte = to_number<unsigned char>(digits.substr(i, 2), 16);
        if (!byte) return std::nullopt;
        position.user_id += static_cast<char>(*byte);
    }
    if (!domain::is_user_id(position.user_id)) return std::nullopt;
    return position;
}

/// Takes one parameter after another.
class reader {
public:
    explicit reader(bool is_removal) : is_removal_(is_removal) {}

    domain::result<> take(const std::string& name, std::string value) {
        if (!seen_.insert(name).second) return invalid(shown(name), "stands twice");
        if (!domain::is_utf8(value)) return invalid(shown(name), "must be UTF-8");
        domain::pusher_filter& filter = query_.filter;
        if (name == "user_id") return take_user(filter.user_id, std::move(value));
        if (name == "app_id") return take_text(name, filter.app_id, std::move(value));
        if (name == "pushkey") return take_text(name, filter.pushkey, std::move(value));
        if (name == "gateway_host") return take_host(filter.gateway_host, std::move(value));
        if (name == "device_id") return take_text(name, filter.device_id, std::move(value));
        if (name == "limit") return take_limit(value);
        if (name == "from") return take_position(value);
        if (name == "dry_run" && is_removal_) return take_dry_run(value);
        return invalid(shown(name), "is no parameter of this request");
    }

    [[nodiscard]] const pusher_query& query() const noexcept { return query_; }

private:
    static std::string shown(const std::string& name) { return domain::escape_control_characters(name.substr(0, 64)); }

    static domain::result<> take_text(std::string_view name, std::optional<std::string>& into, std::string value) {
        if (value.empty()) return invalid(name, "must not be empty");
        into = std::move(value);
        return {};
    }

    static domain::result<> take_user(std::optional<std::string>& into, std::string value) {
        if (!domain::is_user_id(value)) return invalid("user_id", "must be @localpart:domain");
        into = std::move(value);
        return {};
    }

    // A host with a port would find nothing, and say nothing.
    static domain::result<> take_host(std::optional<std::string>& into, std::string value) {
        const bool has_port = std::count(value.begin(), value.end(), ':') == 1;
        if (has_port || value.find_first_of("[]/") != std::string::npos)
            return invalid("gateway_host", "must be a host, without port and brackets");
        return take_text("gateway_host", into, domain::in_lower_case(std::move(value)));
    }

    domain::result<> take_limit(std::string_view value) {
        const auto limit = to_number<std::size_t>(value);
        if (!limit || *limit < 1 || *limit > most_of_a_page) return invalid("limit", "must be a number of 1 to 1000");
        query_.limit = *limit;
        return {};
    }

    domain::result<> take_position(std::string_view value) {
        auto position = to_position(value);
        if (!position) return invalid("from", "must be the next_batch of an answer");
        query_.from = std::move(*position);
        return {};
    }

    domain::result<> take_dry_run(std::string_view value) {
        if (value != "true" && value != "false") return invalid("dry_run", "must be true or false");
        query_.dry_run = value == "true";
        return {};
    }

    bool is_removal_;
    pusher_query query_;
    std::set<std::string> seen_;
};

}  // namespace

domain::result<pusher_query> read_pusher_query(std::string_view query, bool is_removal) {
    reader taken(is_removal);
    for (auto& [name, value] : parameters_of(query))
        if (auto bad = taken.take(name, std::move(value)); !bad) return bad.error();
    if (is_removal && taken.query().filter.is_empty())
        return domain::error{domain::errc::invalid_param,
                             "A removal wants to know which pushers: name one of user_id, app_id, pushkey, "
                             "gateway_host, device_id."};
    return taken.query();
}

std::string to_text(const domain::search_position& position) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = std::to_string(position.pusher) + '-';
    for (const char c : position.user_id) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 0xf];
    }
    return text;
}

}  // namespace pusherd::net
