// Whom an application service may act as, by its registration.

#include "domain/validators/application_service_validator.hpp"

#include "domain/sha256.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pusherd::domain {
namespace {

user_namespace begins_with(std::string_view beginning) {
    return [beginning](std::string_view user_id) { return user_id.starts_with(beginning); };
}

application_service bridge() {
    return {.token = sha256("as_token"),
            .sender = "@bridge:example.org",
            .users = {begins_with("@_irc_"), begins_with("@guest_")}};
}

// The user and the device, or what is said instead.
std::string verdict_on(const token_question& question) {
    const auto said = application_service_validator(bridge()).ask(question);
    const auto* verdict = std::get_if<token_verdict>(&said);
    if (verdict == nullptr) return "a request";
    if (const auto* valid = std::get_if<valid_token>(verdict)) {
        BOOST_TEST(!valid->until);
        return valid->user_id + ' ' + valid->device_id;
    }
    if (const auto* unknown = std::get_if<unknown_token>(verdict))
        return unknown->soft_logout ? "softly unknown" : "unknown";
    const auto* refused = std::get_if<refused_token>(verdict);
    if (refused == nullptr) return "no verdict";
    BOOST_TEST(refused->error != "");
    BOOST_TEST(!refused->soft_logout);
    return std::to_string(refused->status) + ' ' + refused->errcode;
}

token_question ask(const std::string& token, std::optional<std::string> user = std::nullopt,
                   std::optional<std::string> device = std::nullopt) {
    token_question question;
    question.token = token;
    question.asserted_user = std::move(user);
    question.asserted_device = std::move(device);
    return question;
}

std::string as(std::optional<std::string> user, std::optional<std::string> device = std::nullopt) {
    return verdict_on(ask("as_token", std::move(user), std::move(device)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(application_services)

BOOST_AUTO_TEST_CASE(it_is_its_sender_unless_it_says_otherwise) {
    BOOST_TEST(as(std::nullopt) == "@bridge:example.org ");
    BOOST_TEST(as("@bridge:example.org") == "@bridge:example.org ");
    BOOST_TEST(as("@_irc_alice:example.org") == "@_irc_alice:example.org ");
    BOOST_TEST(as("@guest_1:example.org") == "@guest_1:example.org ");
}

BOOST_AUTO_TEST_CASE(other_tokens_are_unknown_whatever_is_asserted) {
    for (const char* each : {"other", "", "as_toke", "as_token ", "AS_TOKEN"}) {
        BOOST_TEST(verdict_on(ask(each)) == "unknown", each);
        BOOST_TEST(verdict_on(ask(each, "@admin:example.org", "")) == "unknown", each);
    }
}

BOOST_AUTO_TEST_CASE(users_outside_its_namespaces_are_refused) {
    for (const char* each : {"@alice:example.org", "@_irc:example.org", "@Bridge:example.org", "@bridge2:example.org"})
        BOOST_TEST(as(each) == "403 M_FORBIDDEN", each);
}

BOOST_AUTO_TEST_CASE(users_of_other_servers_are_refused_whatever_the_namespaces_say) {
    for (const char* each : {"@guest_1:example.com", "@guest_1:example.org:8448", "@guest_1:sub.example.org",
                             "@guest_1:EXAMPLE.org", "@bridge:example.com"})
        BOOST_TEST(as(each) == "403 M_FORBIDDEN", each);
}

BOOST_AUTO_TEST_CASE(what_is_no_user_id_is_refused) {
    for (const std::string& each : {std::string(), std::string("@"), std::string("guest_1"), std::string("@guest_1"),
                                    std::string("@guest_\0:example.org", 20), std::string("@guest_\xff:example.org"),
                                    "@guest_" + std::string(255, 'x') + ":example.org"})
        BOOST_TEST(as(each) == "403 M_FORBIDDEN", each);
}

BOOST_AUTO_TEST_CASE(it_names_a_device_of_whom_it_acts_as) {
    BOOST_TEST(as(std::nullopt, "PHONE") == "@bridge:example.org PHONE");
    BOOST_TEST(as("@_irc_alice:example.org", "a b") == "@_irc_alice:example.org a b");
    BOOST_TEST(as(std::nullopt, std::string(255, 'D')) == "@bridge:example.org " + std::string(255, 'D'));
}

BOOST_AUTO_TEST_CASE(what_can_be_no_device_is_refused_once_the_user_is_not) {
    for (const std::string& each :
         {std::string(), std::string(256, 'D'), std::string("\xff"), std::string("a\0b", 3)}) {
        BOOST_TEST(as(std::nullopt, each) == "400 M_UNKNOWN_DEVICE", each);
        BOOST_TEST(as("@alice:example.org", each) == "403 M_FORBIDDEN", each);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_to_what_it_never_asks_is_none) {
    const token_verdict said = application_service_validator(bridge()).understand({.status = 200, .body = "{}"});
    BOOST_TEST(std::holds_alternative<no_verdict>(said));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
