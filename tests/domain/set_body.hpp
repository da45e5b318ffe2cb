#pragma once

#include "domain/json_source.hpp"
#include "domain/set_command.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Bodies of POST /pushers/set for the tests of parse_set_command(), and short ways to look at what became of them.
namespace pusherd::domain::testing {

inline constexpr std::string_view good_url = R"("https://push.example.org/_matrix/push/v1/notify")";
inline constexpr std::string_view good_data = R"({"url":"https://push.example.org/_matrix/push/v1/notify"})";

inline std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

inline std::string repeated(std::string_view what, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += what;
    return out;
}

/// The source of a JSON object, member by member. Keys and values are source as well: nothing is escaped here.
class body {
public:
    body& with(std::string_view key, std::string_view value) {
        const auto at = find(key);
        if (at == members_.end())
            members_.emplace_back(key, value);
        else
            at->second = value;
        return *this;
    }

    body& without(std::string_view key) {
        members_.erase(find(key));
        return *this;
    }

    /// One more member, though its key may stand there already.
    body& again(std::string_view key, std::string_view value) {
        members_.emplace_back(key, value);
        return *this;
    }

    [[nodiscard]] std::string text() const {
        std::string out = "{";
        for (const auto& [key, value] : members_) {
            if (out.size() > 1) out += ',';
            out += quoted(key) + ':' + value;
        }
        return out + '}';
    }

private:
    std::vector<std::pair<std::string, std::string>>::iterator find(std::string_view key) {
        return std::find_if(members_.begin(), members_.end(), [key](const auto& each) { return each.first == key; });
    }

    std::vector<std::pair<std::string, std::string>> members_;
};

inline body http_body() {
    return body()
        .with("kind", R"("http")")
        .with("app_id", R"("org.example.app")")
        .with("pushkey", R"("key-1")")
        .with("app_display_name", R"("App")")
        .with("device_display_name", R"("Phone")")
        .with("lang", R"("en")")
        .with("data", good_data);
}

inline body email_body() {
    return http_body()
        .with("kind", R"("email")")
        .with("app_id", R"("m.email")")
        .with("pushkey", R"("alice@example.org")")
        .with("data", "{}");
}

inline body removal_body() {
    return body().with("kind", "null").with("app_id", R"("org.example.app")").with("pushkey", R"("key-1")");
}

/// The http pusher's data with more members, each given as source.
inline std::string data_with(std::string_view members) {
    return R"({"url":)" + std::string(good_url) + ',' + std::string(members) + '}';
}

inline std::string_view name_of(errc code) {
    switch (code) {
        case errc::not_json: return "not_json";
        case errc::bad_json: return "bad_json";
        case errc::missing_param: return "missing_param";
        case errc::invalid_param: return "invalid_param";
        default: return "another code";
    }
}

/// Whether the body is refused with the code and a text that contains `naming`.
inline boost::test_tools::predicate_result is_refused(std::string_view text, errc code, std::string_view naming = "") {
    const auto command = parse_set_command(text, {});
    boost::test_tools::predicate_result verdict(!command && command.error().code == code &&
                                                command.error().message.find(naming) != std::string::npos);
    if (!verdict) {
        verdict.message() << "expected " << name_of(code) << " naming '" << naming << "', got ";
        if (command)
            verdict.message() << "acceptance";
        else
            verdict.message() << name_of(command.error().code) << ": " << command.error().message;
    }
    return verdict;
}

inline boost::test_tools::predicate_result is_refused(const body& request, errc code, std::string_view naming = "") {
    return is_refused(request.text(), code, naming);
}

inline boost::test_tools::predicate_result is_accepted(std::string_view text) {
    const auto command = parse_set_command(text, {});
    boost::test_tools::predicate_result verdict(command.has_value());
    if (!verdict) verdict.message() << name_of(command.error().code) << ": " << command.error().message;
    return verdict;
}

inline boost::test_tools::predicate_result is_accepted(const body& request) { return is_accepted(request.text()); }

/// The command in the body; the test ends if there is none of this kind.
template <class Command>
Command parsed(std::string_view text) {
    auto command = parse_set_command(text, {});
    if (!command) BOOST_FAIL("refused: " << command.error().message);
    BOOST_REQUIRE(std::holds_alternative<Command>(*command));
    return std::get<Command>(std::move(*command));
}

template <class Command>
Command parsed(const body& request) {
    return parsed<Command>(request.text());
}

/// What a list would show for the body, parsed.
inline boost::json::object shown_object(std::string_view text) {
    return boost::json::parse(parsed<upsert>(text).shown + '}').as_object();
}

/// The source of `data` as a list would show it.
inline std::string shown_data(std::string_view text) {
    const std::string shown = parsed<upsert>(text).shown + '}';
    for (const auto& member : json_source::members_of(shown))
        if (member.key() == "data") return std::string(member.value);
    BOOST_FAIL("no data in " << shown);
    return {};
}

}  // namespace pusherd::domain::testing
