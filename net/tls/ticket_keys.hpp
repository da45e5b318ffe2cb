#pragma once

#include "net/asio.hpp"

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>

struct ssl_st;
struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

namespace pusherd::net::tls {

/// The keys that session tickets are sealed with, by which clients resume sessions of which nothing is kept here (RFC
/// 5077, RFC 8446 4.6.1). Each seals for bounds::ticket_key_lifetime, and opens for as long again: then it is gone, and
/// with it what could open what was recorded. Drawn at random, kept in memory alone. Any thread.
class ticket_keys {
public:
    using key_name = std::array<unsigned char, 16>;

    struct key {
        key_name name{};
        std::array<unsigned char, 32> encryption{};
        std::array<unsigned char, 32> authentication{};

        ~key();  // overwrites them
        key() = default;
        key(const key&) = default;
        key& operator=(const key&) = default;
    };

    struct opening_key {
        key with;
        bool is_fresh = false;  ///< it still seals: the client needs no other ticket for its sake
    };

    /// The key of now; none if the system has no random bytes.
    [[nodiscard]] std::optional<key> to_seal(clock::time_point now);

    /// The key of a ticket; none: it is too old, or nobody's.
    [[nodiscard]] std::optional<opening_key> to_open(const key_name& name, clock::time_point now);

private:
    struct generation {
        key value;
        clock::time_point since;
    };

    void forget_old_keys(clock::time_point now);

    std::mutex mutex_;
    std::optional<generation> current_;
    std::optional<generation> previous_;
};

/// OpenSSL's call for each ticket (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)); the context's application data are its
/// ticket_keys.
int seal_or_open_ticket(ssl_st* connection, unsigned char* name, unsigned char* initial_vector,
                        evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac, int is_to_seal);

}  // namespace pusherd::net::tls
