#pragma once

#include "net/asio.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pusherd::net {

/// The addresses of one host. A name is looked up on a thread of its own, at once and then every minute: getaddrinfo(3)
/// waits, for half a minute where no name server answers, and cannot be told to stop. What was found stays good until
/// something else is.
class address_book {
public:
    /// @param host a name, or an address, for which no thread is needed
    address_book(std::string host, std::string port);

    /// The thread may stay until the lookup under way has ended; it uses nothing of this.
    ~address_book();

    address_book(const address_book&) = delete;
    address_book& operator=(const address_book&) = delete;

    /// Any thread. Empty: none has been found yet.
    [[nodiscard]] std::vector<tcp::endpoint> addresses() const;

    /// Any thread. Why there are none; empty: nobody knows yet.
    [[nodiscard]] std::string problem() const;

    /// Any thread. Looks the name up anew, soon: those addresses lead nowhere.
    void look_again() noexcept;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace pusherd::net
