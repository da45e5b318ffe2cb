#pragma once

#include "net/tls/credentials.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

struct x509_st;
struct evp_pkey_st;

namespace pusherd::testing {

/// A certificate and its key, made when it is asked for: one in the tree would expire.
class test_certificate {
public:
    enum class key_kind : std::uint8_t { p256, rsa2048 };

    struct description {
        std::string name = "localhost";
        key_kind kind = key_kind::p256;
        std::chrono::seconds begins{-3600};  ///< from now
        std::chrono::seconds ends{3600};
        bool is_authority = false;  ///< it may vouch for others
    };

    /// @param issuer none: it vouches for itself
    explicit test_certificate(const description& what, const test_certificate* issuer = nullptr);
    test_certificate() : test_certificate(description()) {}

    /// As PEM.
    [[nodiscard]] std::string certificate() const;
    [[nodiscard]] std::string key() const;
    [[nodiscard]] std::string encrypted_key() const;

    /// Writes both, the certificate with what stands behind it, and the key for its owner alone.
    net::tls::certificate_files write(const std::filesystem::path& folder, const std::string& behind = {}) const;

private:
    struct free_certificate {
        void operator()(x509_st* each) const noexcept;
    };
    struct free_key {
        void operator()(evp_pkey_st* each) const noexcept;
    };

    std::unique_ptr<x509_st, free_certificate> certificate_;
    std::unique_ptr<evp_pkey_st, free_key> key_;
};

}  // namespace pusherd::testing
