#pragma once

#include <string_view>

/// What must hold for any input, a function a target. They throw broken_property, or whatever else they should not.
///
/// Nothing here knows where an input comes from: libFuzzer makes them up (libfuzzer_main.cpp), and every build feeds
/// them those that are kept (corpus_test.cpp).
namespace pusherd::fuzz {

/// The bytes of a connection, behind a line whose bytes are the sizes of the pieces that they come in.
void check_request(std::string_view input);

/// A line `METHOD target`, then lines that are Authorization fields.
void check_query(std::string_view input);

/// The body of a set.
void check_set_command(std::string_view input);

/// The URL of a push gateway.
void check_gateway_url(std::string_view input);

/// A record, or a key.
void check_record(std::string_view input);

/// What damages a sound database: see database.cpp.
void check_database(std::string_view input);

/// A TOML file.
void check_config_file(std::string_view input);

/// A token file.
void check_token_file(std::string_view input);

/// A file of pushers, as an export has them.
void check_pusher_lines(std::string_view input);

/// A validator's answer: a line with its status, then its body.
void check_validator_answer(std::string_view input);

/// The query of an administrator's request, behind a byte: D for a removal.
void check_pusher_query(std::string_view input);

/// What is told of sessions that have ended: a line with the call, then its body.
void check_session_end(std::string_view input);

/// The body of notifications that a homeserver hands over.
void check_notification(std::string_view input);

struct target {
    std::string_view name;
    void (*check)(std::string_view input);
};

inline constexpr target targets[] = {
    {"request", check_request},
    {"query", check_query},
    {"set_command", check_set_command},
    {"gateway_url", check_gateway_url},
    {"record", check_record},
    {"database", check_database},
    {"config_file", check_config_file},
    {"token_file", check_token_file},
    {"pusher_lines", check_pusher_lines},
    {"pusher_query", check_pusher_query},
    {"session_end", check_session_end},
    {"notification", check_notification},
#if PUSHERD_AUTH
    {"validator_answer", check_validator_answer},
#endif
};

}  // namespace pusherd::fuzz
