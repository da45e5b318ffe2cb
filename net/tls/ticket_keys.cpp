#include "net/tls/ticket_keys.hpp"

#include "net/bounds.hpp"
#include "net/server/coarse_clock.hpp"
#include "net/tls/openssl.hpp"

#include <algorithm>
#include <cstring>

namespace pusherd::net::tls {
namespace {

// What OpenSSL's call returns.
constexpr int failed = -1;
constexpr int no_ticket = 0;
constexpr int sealed = 1;
constexpr int opened = 1;
constexpr int opened_and_to_be_renewed = 2;

template <std::size_t Size>
bool fill_at_random(std::array<unsigned char, Size>& bytes) {
    return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
}

bool authenticate_by(ticket_keys::key& with, EVP_MAC_CTX* mac) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, with.authentication.data(), with.authentication.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

int seal(ticket_keys& keys, unsigned char* name, unsigned char* initial_vector, EVP_CIPHER_CTX* cipher,
         EVP_MAC_CTX* mac) {
    auto with = keys.to_seal(coarse_now());
    if (!with || RAND_bytes(initial_vector, EVP_MAX_IV_LENGTH) != 1) return no_ticket;
    std::copy(with->name.begin(), with->name.end(), name);
    const bool is_ready =
        EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, with->encryption.data(), initial_vector) == 1 &&
        authenticate_by(*with, mac);
    return is_ready ? sealed : failed;
}

// A ticket of TLS 1.3 is for one use, or its uses could be told to be the same client's (RFC 8446, C.4).
int open(SSL* connection, ticket_keys& keys, const unsigned char* name, const unsigned char* initial_vector,
         EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
    ticket_keys::key_name asked_for;
    std::copy_n(name, asked_for.size(), asked_for.begin());
    auto found = keys.to_open(asked_for, coarse_now());
    if (!found) return no_ticket;
    const bool is_ready =
        EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found->with.encryption.data(), initial_vector) == 1 &&
        authenticate_by(found->with, mac);
    if (!is_ready) return failed;
    return found->is_fresh && SSL_version(connection) < TLS1_3_VERSION ? opened : opened_and_to_be_renewed;
}

}  // namespace

ticket_keys::key::~key() {
    ::explicit_bzero(encryption.data(), encryption.size());
    ::explicit_bzero(authentication.data(), authentication.size());
}

void ticket_keys::forget_old_keys(clock::time_point now) {
    if (current_ && now >= current_->since + bounds::ticket_key_lifetime) {
        previous_ = current_;
        current_.reset();
    }
    if (previous_ && now >= previous_->since + 2 * bounds::ticket_key_lifetime) previous_.reset();
}

std::optional<ticket_keys::key> ticket_keys::to_seal(clock::time_point now) {
    const std::lock_guard lock(mutex_);
    forget_old_keys(now);
    if (!current_) {
        generation drawn{.value = {}, .since = now};
        if (!fill_at_random(drawn.value.name) || !fill_at_random(drawn.value.encryption) ||
            !fill_at_random(drawn.value.authentication))
            return std::nullopt;
        current_ = drawn;
    }
    return current_->value;
}

std::optional<ticket_keys::opening_key> ticket_keys::to_open(const key_name& name, clock::time_point now) {
    const std::lock_guard lock(mutex_);
    forget_old_keys(now);
    if (current_ && current_->value.name == name) return opening_key{.with = current_->value, .is_fresh = true};
    if (previous_ && previous_->value.name == name) return opening_key{.with = previous_->value, .is_fresh = false};
    return std::nullopt;
}

int seal_or_open_ticket(ssl_st* connection, unsigned char* name, unsigned char* initial_vector,
                        evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac, int is_to_seal) {
    auto& keys = *static_cast<ticket_keys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
    if (is_to_seal == 1) return seal(keys, name, initial_vector, cipher, mac);
    return open(connection, keys, name, initial_vector, cipher, mac);
}

}  // namespace pusherd::net::tls
