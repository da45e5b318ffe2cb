// What a validator, or somebody who plays one, answers: a line with a status, then the body. Whatever it says, a user
// of ours comes out, or a word that may reach a client, or none; and the bytes of an answer, in whatever pieces, are
// read as they are in one.

#include "domain/text.hpp"
#include "domain/user_id.hpp"
#include "domain/validators/address_ownership.hpp"
#include "domain/validators/homeserver_validator.hpp"
#include "domain/validators/introspection_validator.hpp"
#include "net/upstream/answer_reader.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"

#include <charconv>
#include <string>
#include <string_view>

namespace pusherd::fuzz {
namespace {

constexpr std::string_view server = "example.org";

void check_verdict(const domain::token_verdict& verdict, unsigned status) {
    if (const auto* valid = std::get_if<domain::valid_token>(&verdict)) {
        require(status == 200, "a user is named by a 200 alone");
        require(domain::is_user_id(valid->user_id), "a user has a user id");
        require(domain::server_of(valid->user_id) == server, "a user is of our server");
        require(valid->device_id.empty() || domain::is_device_id(valid->device_id), "a device has a device id");
    }
    if (const auto* refused = std::get_if<domain::refused_token>(&verdict)) {
        require(refused->status == 401 || refused->status == 403, "a refusal is 401 or 403");
        require(!refused->errcode.empty() && domain::is_utf8(refused->errcode) && domain::is_utf8(refused->error),
                "a refusal has an errcode, and is text");
        require(refused->errcode.find_first_of("\"\\\r\n ") == std::string::npos, "an errcode can be copied as it is");
    }
    if (const auto* none = std::get_if<domain::no_verdict>(&verdict))
        require(!none->why.empty(), "what is no answer is told why");
}

void check_meaning(const domain::validator_answer& answer) {
    const domain::homeserver_validator homeserver{std::string(server)};
    const domain::introspection_validator introspection(std::string(server), {"client", "secret"});
    check_verdict(homeserver.understand(answer), answer.status);
    const auto introspected = introspection.understand(answer);
    check_verdict(introspected, answer.status);
    require(!std::holds_alternative<domain::refused_token>(introspected), "introspection refuses nobody");
    const auto found = domain::understand_addresses(answer, "alice@example.org");
    if (const auto* verdict = std::get_if<domain::token_verdict>(&found)) check_verdict(*verdict, answer.status);
}

std::string read_in_pieces(std::string_view bytes, std::size_t size) {
    net::answer_reader reader;
    std::string problem;
    while (!bytes.empty() && problem.empty() && !reader.is_complete()) {
        problem = reader.read(exact_copy(bytes.substr(0, size)).view());
        bytes.remove_prefix(std::min(size, bytes.size()));
    }
    if (problem.empty() && !reader.is_complete()) problem = reader.end();
    if (!problem.empty()) return "no answer";
    const auto answer = reader.take();
    return std::to_string(answer.status) + ' ' + answer.body;
}

}  // namespace

void check_validator_answer(std::string_view input) {
    const std::string in_one = read_in_pieces(input, input.size() + 1);
    require(read_in_pieces(input, 1) == in_one, "an answer is the same byte by byte");
    require(read_in_pieces(input, 7) == in_one, "an answer is the same in pieces");

    const std::string_view line = take_line(input);
    unsigned status = 0;
    std::from_chars(line.data(), line.data() + line.size(), status);
    check_meaning({status, std::string(input)});
}

}  // namespace pusherd::fuzz
