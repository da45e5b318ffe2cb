#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pusherd::stubs {

/// What one endpoint says of one token.
struct told_answer {
    unsigned status = 200;
    std::string body{};  ///< to the letter: it need not be JSON
    std::vector<std::pair<std::string, std::string>> fields{};
    bool is_of_application_service = false;  ///< whoami answers with the user and device that the query asserts
    bool wants_device_id_header = false;     ///< introspection: inactive without X-MAS-Supports-Device-Id: 1
};

/// What is wrong with this peer.
enum class fault_kind : std::uint8_t {
    none,
    slow,                 ///< answers after a delay
    held,                 ///< answers when it is released
    http_500,             ///< 500, and JSON
    wrong,                ///< 200, and no JSON
    half_an_answer,       ///< closes in the middle of the body
    no_answer,            ///< takes the request, and says nothing more
    reset,                ///< resets the connection
    closes_after_answer,  ///< closes a connection that it has just promised to keep
    closes_reused,        ///< closes a kept connection when the next request comes over it, unanswered
    silent_reused         ///< says nothing more on a kept connection, as if it were cut somewhere on the way
};

struct fault {
    fault_kind kind = fault_kind::none;
    std::chrono::milliseconds delay{};
    std::optional<unsigned> times{};  ///< so many requests are concerned; nothing: all, until it is changed
    std::string token{};              ///< requests about this token alone; empty: all
};

/// All that a test has told the stub: what to answer, and what is to go wrong. One thread.
class script {
public:
    /// @param endpoint "whoami", "3pid" or "introspect"; "push", and a pushkey in place of a token
    void set_answer(const std::string& endpoint, const std::string& token, told_answer answer);
    /// At every endpoint.
    void forget(const std::string& token);
    /// Null: nobody has spoken of this token.
    [[nodiscard]] const told_answer* find(const std::string& endpoint, const std::string& token) const;

    void set_fault(fault now) { fault_ = std::move(now); }
    /// What is wrong with this request, which is counted.
    /// @param is_reused it came over a connection that has carried an answer
    [[nodiscard]] fault take_fault(const std::string& token, bool is_reused);

private:
    std::map<std::pair<std::string, std::string>, told_answer> answers_;  // by endpoint and token
    fault fault_;
};

/// The kind that has this name, such as "half_an_answer". Throws std::invalid_argument if none has.
[[nodiscard]] fault_kind fault_kind_of(std::string_view name);

}  // namespace pusherd::stubs
