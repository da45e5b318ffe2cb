// Whatever a set accepts goes through an export and an import to the letter.

#include "tests/model/random_bodies.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pusherd_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <vector>

namespace pusherd::testing {
namespace {

constexpr int sets = 3000;
const std::vector<std::string> users{"@alice:example.org", "@:example.org", "@Zo\xc3\xab/1:example.org",
                                     "@a\"\\\x01 b:[::1]:8448"};
const std::vector<std::string> devices{"", "PHONE", "D\"\\\x7f\xc3\xab"};

// Beside the random ones: what is at a limit, or looks like something else.
std::vector<std::string> nasty_bodies() {
    const auto body = [](const std::string& key, const std::string& data) {
        return R"({"kind":"http","app_id":"org.example.app","pushkey":)" + key +
               R"(,"app_display_name":"","device_display_name":"\u0000\u2028","lang":"en","append":true,"data":)" +
               data + "}";
    };
    const std::string url = R"("url":"https://push.example.org/_matrix/push/v1/notify")";
    return {
        body('"' + std::string(512, 'k') + '"', "{" + url + "}"),
        body(R"("\u0001\n\"\\\/")", R"({"user_id":"@evil:h","created_ts":null,)" + url + "}"),
        body(R"("{\"app_id\":")", "{" + url + R"(,"n":[1e99999999999,-0,0.10,12345678901234567890123],"":{"":[]}})"),
        body(R"("big")", "{" + url + R"(,"x":")" + std::string(16 * 1024 - url.size() - 10, 'x') + "\"}"),
        body(R"("deep")", "{" + url + R"(,"x":)" + std::string(30, '[') + std::string(30, ']') + "}"),
        body(R"("insecure")", R"({"url":"http://[::1]:80/_matrix/push/v1/notify?\u0061"})"),
    };
}

struct sessions {
    explicit sessions(const pusherd_folder& folder) {
        for (const std::string& user : users)
            for (const std::string& device : devices) tokens.push_back(folder.issue(user, device));
    }
    std::vector<std::string> tokens;
};

void set_all(const pusherd_folder& folder, random_source& random, const sessions& of) {
    pusherd_server server(folder.data(),
                          {"--set-rate", "0", "--allow-insecure-gateways", "--gateway-allow-range", "::1"});
    std::map<std::string, http_client> clients;
    for (const std::string& token : of.tokens) clients.emplace(token, server.client(token));
    for (const std::string& body : nasty_bodies())
        for (std::size_t i = 0; i < of.tokens.size(); i += devices.size()) {
            const answer got = clients.at(of.tokens[i]).set(body);
            BOOST_TEST(got.status == 200, got.body << " to " << body.substr(0, 200));
        }
    for (int i = 0; i < sets; ++i)
        BOOST_TEST_REQUIRE(clients.at(random.one_of(of.tokens)).set(random_set(random).body).status == 200);
}

std::map<std::string, std::string> lists_of(const pusherd_folder& folder, const sessions& of,
                                            const std::vector<std::string>& tokens) {
    pusherd_server server(folder.data());
    std::map<std::string, std::string> lists;
    for (std::size_t i = 0; i < tokens.size(); ++i) lists[of.tokens[i]] = server.client(tokens[i]).get().body;
    return lists;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_trip)

BOOST_AUTO_TEST_CASE(what_sets_have_stored_comes_through_an_export_and_an_import_to_the_letter) {
    random_source random(20261124);
    const pusherd_folder from;
    const sessions theirs(from);
    set_all(from, random, theirs);
    const std::string exported = from.print({"export"});

    const pusherd_folder to;
    to.print({"import", "-"}, exported);
    BOOST_TEST((to.print({"export"}) == exported));
    BOOST_TEST(to.print({"verify"}).starts_with("ok: "));
    const sessions ours(to);
    const auto lists = lists_of(from, theirs, theirs.tokens);
    BOOST_TEST((lists_of(to, theirs, ours.tokens) == lists));
    BOOST_TEST(lists.begin()->second.find("insecure") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
