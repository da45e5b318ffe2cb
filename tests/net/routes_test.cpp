// Which method and path asks for what.

#include "net/api/routes.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace pusherd::net {
namespace {

using boost::beast::http::verb;

std::string matched(verb method, std::string_view path, surface of = surface::api) {
    const auto found = match(method, path, of);
    if (std::holds_alternative<no_such_path>(found)) return "404";
    if (const auto* other = std::get_if<no_such_method>(&found)) return "405 " + std::string(other->allow);
    return std::string(to_string(std::get<matched_route>(found).target));
}

constexpr std::string_view prefixes[] = {"/_matrix/client/v3", "/_matrix/client/r0", "/_matrix/client/unstable",
                                         "/_matrix/client/api/v1"};

}  // namespace

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(all_four_prefixes_are_alike) {
    for (const std::string_view prefix : prefixes) {
        const std::string list = std::string(prefix) + "/pushers";
        const std::string set = list + "/set";
        BOOST_TEST(matched(verb::get, list) == "list");
        BOOST_TEST(matched(verb::head, list) == "list");
        BOOST_TEST(matched(verb::post, set) == "set");
        BOOST_TEST(matched(verb::options, set) == "preflight");
        BOOST_TEST(matched(verb::post, list) == "405 GET, HEAD, OPTIONS");
        BOOST_TEST(matched(verb::get, set) == "405 POST, OPTIONS");
        BOOST_TEST(matched(verb::head, set) == "405 POST, OPTIONS");
    }
}

BOOST_AUTO_TEST_CASE(versions_and_health_are_read_only) {
    BOOST_TEST(matched(verb::get, "/_matrix/client/versions") == "versions");
    BOOST_TEST(matched(verb::head, "/_matrix/client/versions") == "versions");
    BOOST_TEST(matched(verb::get, "/health") == "health");
    BOOST_TEST(matched(verb::head, "/health") == "health");
    BOOST_TEST(matched(verb::put, "/health") == "405 GET, HEAD, OPTIONS");
    BOOST_TEST(matched(verb::unknown, "/_matrix/client/versions") == "405 GET, HEAD, OPTIONS");
}

BOOST_AUTO_TEST_CASE(the_description_is_there_unless_it_is_left_out) {
    const std::string path = "/_pusherd/v1/openapi.json";
    BOOST_TEST(matched(verb::get, path) == (PUSHERD_OPENAPI ? "description" : "404"));
    BOOST_TEST(matched(verb::head, path) == (PUSHERD_OPENAPI ? "description" : "404"));
    BOOST_TEST(matched(verb::post, path) == (PUSHERD_OPENAPI ? "405 GET, HEAD, OPTIONS" : "404"));
    BOOST_TEST(matched(verb::options, path) == "preflight");
}

BOOST_AUTO_TEST_CASE(what_homeservers_tell_is_for_services) {
    for (const auto& [path, name] :
         {std::pair{"/_pusherd/v1/sessions/end", "end_sessions"}, std::pair{"/_pusherd/v1/notify", "notify"}}) {
        BOOST_TEST(matched(verb::post, path) == name);
        BOOST_TEST(matched(verb::get, path) == "405 POST, OPTIONS");
        BOOST_TEST(matched(verb::post, path, surface::metrics) == "404");
        const auto found = match(verb::post, path);
        BOOST_TEST_REQUIRE(std::holds_alternative<matched_route>(found));
        BOOST_CHECK(access_to(std::get<matched_route>(found).target) == access::service);
    }
}

BOOST_AUTO_TEST_CASE(whether_pushers_work_is_for_users) {
    BOOST_TEST(matched(verb::get, "/_pusherd/v1/pushers") == "pusher_health");
    BOOST_TEST(matched(verb::post, "/_pusherd/v1/pushers") == "405 GET, HEAD, OPTIONS");
    BOOST_TEST(matched(verb::post, "/_pusherd/v1/pushers/test") == "pusher_test");
    BOOST_TEST(matched(verb::get, "/_pusherd/v1/pushers/test") == "405 POST, OPTIONS");
    for (const endpoint target : {endpoint::show_health, endpoint::test_pusher})
        BOOST_CHECK(access_to(target) == access::user);
}

BOOST_AUTO_TEST_CASE(options_asks_for_a_preflight_on_any_path) {
    for (const char* path : {"/", "*", "/health", "/no/such/path"})
        BOOST_TEST(matched(verb::options, path) == "preflight");
}

BOOST_AUTO_TEST_CASE(where_mas_does_not_call_there_are_no_paths_for_it) {
    for (const std::string call : {"delete_device", "sync_devices", "delete_user"}) {
        const std::string path = "/_synapse/mas/" + call;
        BOOST_TEST(matched(verb::post, path) == "404");
        BOOST_TEST(matched(verb::get, path) == "404");
        const auto found = match(verb::post, path, surface::api, true);
        BOOST_TEST_REQUIRE(std::holds_alternative<matched_route>(found));
        const endpoint target = std::get<matched_route>(found).target;
        BOOST_TEST(to_string(target) == "mas_" + call);
        BOOST_CHECK(access_to(target) == access::mas);
        BOOST_TEST(std::get<no_such_method>(match(verb::get, path, surface::api, true)).allow == "POST, OPTIONS");
        BOOST_CHECK(std::holds_alternative<no_such_path>(match(verb::post, path, surface::metrics, true)));
    }
}

BOOST_AUTO_TEST_CASE(paths_are_compared_to_the_letter) {
    for (const char* path :
         {"/", "", "/health/", "//health", "/Health", "/health%20", "/%68ealth", "/_matrix/client/v3/pushers/",
          "/_matrix/client/v3/pushers/set/", "/_matrix/client/v3//pushers", "/_matrix/client/v3/pusher%73",
          "/_matrix/client/V3/pushers", "/_matrix/client/v1/pushers", "/_matrix/client/v3/versions",
          "/_matrix/client/v3", "/_matrix/client/v3/./pushers", "/_matrix/client/v3/pushers/../pushers"})
        BOOST_TEST_CONTEXT(path) BOOST_TEST(matched(verb::get, path) == "404");
}

BOOST_AUTO_TEST_CASE(metrics_have_a_surface_of_their_own) {
    BOOST_TEST(matched(verb::get, "/metrics") == "404");
    BOOST_TEST(matched(verb::get, "/metrics", surface::metrics) == "metrics");
    BOOST_TEST(matched(verb::head, "/metrics", surface::metrics) == "metrics");
    BOOST_TEST(matched(verb::post, "/metrics", surface::metrics) == "405 GET, HEAD");
    BOOST_TEST(matched(verb::options, "/metrics", surface::metrics) == "405 GET, HEAD");
    for (const char* path : {"/health", "/_matrix/client/v3/pushers", "/_matrix/client/versions", "/metrics/", "/"})
        BOOST_TEST(matched(verb::get, path, surface::metrics) == "404", path);
}

BOOST_AUTO_TEST_CASE(open_parts_of_a_path_are_found) {
    const auto parameters = [](verb method, std::string_view path) {
        const auto found = match(method, path);
        if (!std::holds_alternative<matched_route>(found)) return std::string("none");
        std::string out(to_string(std::get<matched_route>(found).target));
        for (const std::string_view each : std::get<matched_route>(found).parameters)
            if (!each.empty()) out.append(" ").append(each);
        return out;
    };
    const std::string mine = "/_matrix/client/unstable/pusherd/pushers/";
    BOOST_TEST(parameters(verb::delete_, mine + "app/key") == "delete app key");
    BOOST_TEST(parameters(verb::delete_, mine + "a%2Fpp/k%2Fey") == "delete a%2Fpp k%2Fey");
    BOOST_TEST(parameters(verb::delete_, mine + "app/https://up/x//") == "delete app https://up/x//");
    for (const char* path : {"", "app", "app/", "/key", "//"})
        BOOST_TEST(parameters(verb::delete_, mine + path) == "none");
    const std::string all = "/_pusherd/v1/admin/pushers";
    BOOST_TEST(parameters(verb::get, all) == "admin_find");
    BOOST_TEST(parameters(verb::delete_, all) == "admin_remove_selection");
    BOOST_TEST(parameters(verb::delete_, all + "/@a:h/app/key") == "admin_remove @a:h app key");
    BOOST_TEST(parameters(verb::get, "/_synapse/admin/v1/users/@a:h/pushers") == "admin_list @a:h");
    for (const char* path : {"/_synapse/admin/v1/users//pushers", "/_synapse/admin/v1/users/a/b/pushers",
                             "/_synapse/admin/v1/users/a/pushers/", "/_synapse/admin/v1/users/a/pusher"})
        BOOST_TEST(matched(verb::get, path) == "404");
    BOOST_TEST(matched(verb::post, all) == "405 GET, HEAD, DELETE, OPTIONS");
    BOOST_TEST(matched(verb::post, all + "/@a:h/app/key") == "405 DELETE, OPTIONS");
    BOOST_TEST(matched(verb::head, all) == "admin_find");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
