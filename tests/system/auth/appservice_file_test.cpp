// --auth appservice:FILE: files as application services and homeservers write them, and those that are none.

#include "tests/support/temporary_folder.hpp"
#include "tests/system/auth/asking_server.hpp"

#include <map>
#include <string>

namespace pusherd::testing {
namespace {

const std::string beginning = "as_token: secret-of-the-service\nsender_localpart: bot\n";

struct folder_for_files {
    pusherd_folder folder;

    std::string auth(const std::string& text, const std::string& name = "registration.yaml") const {
        write_file(folder.file(name), text);
        return "appservice:" + folder.file(name).string();
    }

    /// Whether the service may act as @ghost_1.
    std::string verdict_on_ghost(const std::string& text) const {
        pusherd_server server(folder.data(), of_example_org({"--auth", auth(text)}));
        http_client client = server.client("secret-of-the-service");
        BOOST_TEST(verdict(client.get()) == "200", text);
        return verdict(client.get(list_path + "?user_id=@ghost_1:example.org"));
    }

    process_end serve(const std::string& validator) const {
        return run_pusherd({.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", folder.data().string(),
                                          "--server-name", "example.org", "--auth", validator}});
    }

    /// It is not served by: one line, which holds `part`, and nothing is done.
    void check_refused(const process_end& end, int status, const std::string& part) const {
        BOOST_TEST(end.is_refusal(status), "exit status " << end.status << ": " << end.out << end.err);
        BOOST_TEST(end.err.find(part) != std::string::npos, part << " in " << end.err);
        BOOST_TEST(end.err.find("secret-of-the-service") == std::string::npos, end.err);
        BOOST_TEST(!std::filesystem::exists(folder.data()));
    }
    void check_refused(const std::string& text, const std::string& part) const {
        const process_end end = serve(auth(text));
        check_refused(end, 2, part);
        BOOST_TEST(end.err.find("registration.yaml") != std::string::npos, end.err);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(appservice_files, folder_for_files)

BOOST_AUTO_TEST_CASE(yaml_has_many_spellings) {
    for (const std::string users : {"namespaces:\n  users:\n  - regex: \"@ghost_\"\n",
                                    "namespaces: {users: [{exclusive: true, regex: '@ghost_\\d+:example\\.org'}]}\n",
                                    "\"namespaces\":\r\n  users:  # of whom\r\n    - {regex: ^@ghost_}\r\n",
                                    "namespaces:\n  users:\n  - regex: nobody\n  - regex: >-\n      @ghost_\n",
                                    "x: &g '@ghost_'\nnamespaces: {users: [{regex: *g}]}\n"})
        BOOST_TEST(verdict_on_ghost(beginning + users) == "200", users);
    BOOST_TEST(verdict_on_ghost(R"({"as_token":"secret-of-the-service","sender_localpart":"bot",)"
                                R"("namespaces":{"users":[{"regex":"@ghost_[0-9]+:"}]}})") == "200");
}

BOOST_AUTO_TEST_CASE(without_namespaces_it_is_its_sender_alone) {
    for (const std::string namespaces : {"", "namespaces:\n", "namespaces: {}\n", "namespaces: {users: ~}\n",
                                         "namespaces: {users: [], rooms: [{regex: '.*'}]}\n"})
        BOOST_TEST(verdict_on_ghost(beginning + namespaces) == "403 M_FORBIDDEN", namespaces);
}

BOOST_AUTO_TEST_CASE(several_services_have_a_file_each) {
    const std::string other = "as_token: second\nsender_localpart: other\nnamespaces: {users: [{regex: '@other_'}]}\n";
    pusherd_server server(folder.data(), of_example_org({"--auth", auth(beginning), "--auth", auth(other, "other.yaml"),
                                                         "--auth", "tokens"}));
    const auto list_as = [&](const std::string& token, const std::string& user) {
        return verdict(server.client(token).get(list_path + "?user_id=" + user));
    };
    BOOST_TEST(list_as("second", "@other_1:example.org") == "200");
    BOOST_TEST(list_as("second", "@bot:example.org") == "403 M_FORBIDDEN");
    BOOST_TEST(list_as("secret-of-the-service", "@bot:example.org") == "200");
    BOOST_TEST(list_as("secret-of-the-service", "@other_1:example.org") == "403 M_FORBIDDEN");
    BOOST_TEST(list_as("third", "@other_1:example.org") == "401 M_UNKNOWN_TOKEN");
}

BOOST_AUTO_TEST_CASE(nothing_need_be_remembered) {
    pusherd_server server(folder.data(), of_example_org({"--auth", auth(beginning), "--auth-cache", "0"}));
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(verdict(server.client("secret-of-the-service").get()) == "200");
        BOOST_TEST(verdict(server.client("another").get()) == "401 M_UNKNOWN_TOKEN");
    }
}

BOOST_AUTO_TEST_CASE(files_are_named_by_the_environment_and_the_configuration_as_well) {
    const auto check_knows = [&](const options& arguments, const std::map<std::string, std::string>& environment) {
        const pusherd_folder data;
        pusherd_server server(data.data(), of_example_org(arguments), environment);
        BOOST_TEST(verdict(server.client("secret-of-the-service").get()) == "200");
    };
    const std::string name = auth(beginning);
    check_knows({}, {{"PUSHERD_AUTH", "tokens," + name}});
    write_file(folder.file("configuration.toml"), "auth = [\"" + name + "\"]\n");
    check_knows({"--config", folder.file("configuration.toml").string()}, {});
}

BOOST_AUTO_TEST_CASE(a_file_is_read_once) {
    const std::string name = auth(beginning);
    pusherd_server server(folder.data(), of_example_org({"--auth", name}));
    std::filesystem::remove(folder.file("registration.yaml"));
    BOOST_TEST(verdict(server.client("secret-of-the-service").get()) == "200");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_a_failure) {
    check_refused(serve("appservice:" + folder.file("absent.yaml").string()), 1, "absent.yaml");
    std::filesystem::create_directory(folder.file("folder.yaml"));
    const process_end end = serve("appservice:" + folder.file("folder.yaml").string());
    check_refused(end, 1, "folder.yaml");
    BOOST_TEST(end.err.find("Is a directory") != std::string::npos, end.err);
}

BOOST_AUTO_TEST_CASE(a_file_must_say_who_it_is) {
    for (const char* each :
         {"", "---\n", "[]\n", "text\n", "sender_localpart: bot\n", "as_token:\nsender_localpart: b\n",
          "as_token: ''\nsender_localpart: b\n", "as_token: null\nsender_localpart: b\n",
          "as_token: [secret-of-the-service]\nsender_localpart: b\n"})
        check_refused(each, "it has no as_token");
    for (const char* each :
         {"as_token: secret-of-the-service\n", "as_token: secret-of-the-service\nsender_localpart: ~\n",
          "as_token: secret-of-the-service\nsender_localpart: {}\n"})
        check_refused(each, "it has no sender_localpart");
    for (const std::string& each :
         {std::string("'@bot:example.org'"), std::string("'bot:other'"), std::string("\"\\0\""), std::string(255, 'x')})
        check_refused("as_token: secret-of-the-service\nsender_localpart: " + each + "\n", "sender_localpart is none");
}

BOOST_AUTO_TEST_CASE(a_file_must_be_yaml) {
    check_refused("as_token: 'secret-of-the-service\n", "line 2 is no YAML");
    check_refused(beginning + "namespaces: {users: [\n", "is no YAML");
    check_refused(beginning + "\tx: 1\n", "line 3 is no YAML");
    check_refused(beginning + "x: \xff\n", "is no YAML");
    check_refused(beginning + "namespaces:\n  users:\n  - regex: @ghost_\n", "line 5 is no YAML");  // wants quotes
    check_refused(beginning + "namespaces: {users: [*unknown]}\n", "line 3 is no YAML");
    check_refused(beginning + "x: " + std::string(2000, '['), "is no YAML");
}

BOOST_AUTO_TEST_CASE(a_token_must_be_one_that_a_request_can_have) {
    for (const std::string each : {"'two words'", "\"a\\n\"", "|\n  block", "\"\xc3\xa9\""})
        check_refused("as_token: " + each + "\nsender_localpart: bot\n", "as_token");
}

BOOST_AUTO_TEST_CASE(nothing_is_cut_off_at_a_nul) {
    check_refused(beginning + std::string(1, '\0') + "namespaces: {users: []}\n", "control characters");
}

BOOST_AUTO_TEST_CASE(namespaces_must_be_a_list_of_expressions) {
    for (const char* each : {"namespaces: []\n", "namespaces: x\n"})
        check_refused(beginning + each, "namespaces is no mapping");
    for (const char* each : {"namespaces: {users: '@ghost_'}\n", "namespaces: {users: {regex: '@ghost_'}}\n"})
        check_refused(beginning + each, "namespaces.users is no list");
    for (const char* each : {"['@ghost_']", "[{exclusive: true}]", "[{regex: }]", "[{regex: ['@ghost_']}]"})
        check_refused(beginning + "namespaces: {users: " + each + "}\n", "it has no regex");
    check_refused(beginning + "namespaces: {users: [{regex: '@ghost_'}, {regex: '@(ghost_'}]}\n", "@(ghost_");
    check_refused(beginning + "namespaces: {users: [{regex: '\\y@ghost_'}]}\n", "\\y@ghost_");
}

BOOST_AUTO_TEST_CASE(a_name_of_a_file_and_of_the_server_are_needed) {
    check_refused(serve("appservice:"), 2, "names no file");
    const process_end nameless = run_pusherd({.arguments = {"serve", "--listen", "127.0.0.1:0", "--data",
                                                            folder.data().string(), "--auth", auth(beginning)}});
    check_refused(nameless, 2, "--server-name");
    const process_end help = run_pusherd({.arguments = {"serve", "--help"}});
    BOOST_TEST(help.out.find("appservice:FILE") != std::string::npos, help.out);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::testing
