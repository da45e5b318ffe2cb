#pragma once

#include "net/server/event_loop.hpp"
#include "net/server/suspension.hpp"
#include "net/server/task.hpp"
#include "net/upstream/look_up.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace pusherd::net {

/// The addresses of many hosts. Names are looked up on a few threads, which come when there is something to look up,
/// and go; what was found is good for a minute. The loop's thread.
///
/// By hand in place of Asio's resolver, which has one thread a loop: one name whose server does not answer would hold
/// up all others for half a minute.
class name_lookup {
public:
    using function = std::function<found_addresses(const std::string& host, const std::string& port)>;

    /// @param ask is called on those threads; it may wait
    explicit name_lookup(event_loop& loop, function ask = look_up);

    /// Threads may stay until the lookups under way have ended; they use nothing of this.
    ~name_lookup();

    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

    /// The addresses of a host, or why there are none. An address is its own.
    [[nodiscard]] task<found_addresses> find(std::string host, std::string port, clock::time_point deadline);

    /// Those addresses lead nowhere: the next find() looks the name up anew.
    void look_again(const std::string& host, const std::string& port);

    /// To be called often, and after abort().
    void check_deadlines(clock::time_point now) noexcept;

    /// Whatever is under way, and all that comes, fails.
    void abort() noexcept;

private:
    struct state;
    struct question;
    struct turn : boost::intrusive::list_base_hook<unlinking> {
        suspension waiting;
    };

    [[nodiscard]] std::shared_ptr<question> ask(const std::string& host, const std::string& port);
    void resume_all() noexcept;
    void forget_old(clock::time_point now);

    event_loop& loop_;
    std::shared_ptr<state> state_;
    std::unordered_map<std::string, std::shared_ptr<question>> known_;  // by host and port, asked or answered
    boost::intrusive::list<turn, boost::intrusive::constant_time_size<false>> waiting_;
    bool is_aborted_ = false;
};

}  // namespace pusherd::net
