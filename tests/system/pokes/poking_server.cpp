#include "tests/system/pokes/poking_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace pusherd::testing {
namespace {

namespace json = boost::json;

constexpr std::string_view gateway_path = "/_matrix/push/v1/notify";

stub_upstream::options peer(const test_certificate::description& what, const test_certificate* authority,
                            const temporary_folder& files, tls_client& secure) {
    const test_certificate certificate(what, authority);
    const auto written = certificate.write(files.path());
    return {.certificate = written.chain, .key = written.key, .secure = &secure};
}

std::string without_line_end(std::string text) {
    text.pop_back();
    return text;
}

}  // namespace

test_gateway::test_gateway(const test_certificate::description& what, bool is_vouched_for)
    : authority_({.name = "authority", .is_authority = true}),
      stub_(peer(what, is_vouched_for ? &authority_ : nullptr, files_, secure_)) {
    write_file(files_.path() / "authority.pem", authority_.certificate());
}

std::string test_gateway::url(const std::string& host) const { return stub_.url(host) + std::string(gateway_path); }

options test_gateway::allowed() const {
    return {"--gateway-ca",          (files_.path() / "authority.pem").string(),
            "--gateway-allow-range", "127.0.0.0/8",
            "--gateway-allow-range", "::1"};
}

poking_server::poking_server(const options& more, const test_certificate::description& what, bool is_vouched_for)
    : gateway_(what, is_vouched_for),
      token_(folder_.issue(alice, "PHONE")),
      service_(without_line_end(folder_.print({"token", "issue", "--service", "homeserver"}))),
      options_(gateway_.allowed()) {
    options_.insert(options_.end(), {"--pokes", "on", "--set-rate", "0"});
    options_.insert(options_.end(), more.begin(), more.end());
    start();
}

answer poking_server::try_to_set(std::string_view pushkey, const json::object& more, const json::object& besides) {
    json::object body = json::parse(pusher_body(app, pushkey)).as_object();
    json::object data{{"url", gateway_.url()}};
    for (const auto& [name, value] : more) data[name] = value;
    body["data"] = std::move(data);
    for (const auto& [name, value] : besides) body[name] = value;
    return as_alice().set(json::serialize(body));
}

void poking_server::set(std::string_view pushkey, const json::object& more, const json::object& besides) {
    const answer got = try_to_set(pushkey, more, besides);
    BOOST_TEST_REQUIRE(got.status == 200, got.body);
}

std::uint64_t poking_server::notify(const json::object& notification, const json::object& tweaks) {
    json::object body{{"user_id", alice}, {"notification", notification}};
    if (!tweaks.empty()) body["tweaks"] = tweaks;
    const answer got = post_notify(json::serialize(body));
    BOOST_TEST_REQUIRE(got.status == 200, got.body);
    return got.json().at("queued").to_number<std::uint64_t>();
}

json::value poking_server::health_of(std::string_view pushkey) {
    const answer got = as_alice().get(health_path);
    BOOST_TEST_REQUIRE(got.status == 200, got.body);
    const json::value body = got.json();
    for (const json::value& each : body.at("pushers").as_array())
        if (std::string_view(each.at("pushkey").as_string().c_str()) == pushkey) return each;
    return nullptr;
}

std::string poking_server::state_of(std::string_view pushkey) {
    const json::value health = health_of(pushkey);
    return health.is_null() ? "gone" : health.at("state").as_string().c_str();
}

json::array poking_server::tombstones() { return as_alice().get(health_path).json().at("tombstones").as_array(); }

void poking_server::wait_for_state(std::string_view pushkey, std::string_view state) {
    BOOST_TEST_REQUIRE(comes_true([&] { return state_of(pushkey) == state; }), pushkey << " is " << state_of(pushkey));
}

void poking_server::wait_until_sent(std::string_view pushkey) {
    const auto is_sent = [&] {
        const json::value health = health_of(pushkey);
        return health.is_null() || health.at("queued").to_number<int>() == 0;
    };
    BOOST_TEST_REQUIRE(comes_true(is_sent));
}

json::object notification_in(const upstream_request& poke) {
    return json::parse(poke.body).at("notification").as_object();
}

std::string event_in(const upstream_request& poke) {
    const json::object told = notification_in(poke);
    const json::value* const event = told.if_contains("event_id");
    return event == nullptr ? "" : event->as_string().c_str();
}

std::string pushkeys_in(const upstream_request& poke) {
    std::string all;
    const json::object told = notification_in(poke);
    for (const json::value& device : told.at("devices").as_array())
        (all += device.at("pushkey").as_string().c_str()) += ' ';
    return all;
}

std::string events_in(const std::vector<upstream_request>& pokes) {
    std::string all;
    for (const upstream_request& each : pokes) (all += event_in(each)) += ' ';
    return all;
}

}  // namespace pusherd::testing
