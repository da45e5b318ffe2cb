#include "tests/support/tls/test_certificate.hpp"

#include "tests/support/files.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace pusherd::testing {
namespace {

using memory_bio = std::unique_ptr<BIO, int (*)(BIO*)>;

void check(bool is_good) {
    if (!is_good) throw std::runtime_error("no certificate can be made");
}

template <class Write>
std::string pem_by(Write&& write) {
    const memory_bio out(BIO_new(BIO_s_mem()), BIO_free);
    check(out && write(out.get()) == 1);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, int kind, const char* value) {
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, kind, value), X509_EXTENSION_free);
    check(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

long next_serial_number() {
    static std::atomic<long> last = 0;
    return ++last;
}

}  // namespace

void test_certificate::free_certificate::operator()(x509_st* each) const noexcept { X509_free(each); }
void test_certificate::free_key::operator()(evp_pkey_st* each) const noexcept { EVP_PKEY_free(each); }

test_certificate::test_certificate(const description& what, const test_certificate* issuer)
    : certificate_(X509_new()), key_(what.kind == key_kind::p256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048)) {
    check(certificate_ && key_);
    X509* const made = certificate_.get();
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), next_serial_number());
    X509_gmtime_adj(X509_getm_notBefore(made), static_cast<long>(what.begins.count()));
    X509_gmtime_adj(X509_getm_notAfter(made), static_cast<long>(what.ends.count()));
    X509_set_pubkey(made, key_.get());
    X509_NAME* const name = X509_get_subject_name(made);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(what.name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(made, issuer == nullptr ? name : X509_get_subject_name(issuer->certificate_.get()));
    add_extension(made, NID_basic_constraints, what.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(made, NID_subject_alt_name, ("DNS:" + what.name + ",IP:127.0.0.1").c_str());
    check(X509_sign(made, issuer == nullptr ? key_.get() : issuer->key_.get(), EVP_sha256()) != 0);
}

std::string test_certificate::certificate() const {
    return pem_by([this](BIO* out) { return PEM_write_bio_X509(out, certificate_.get()); });
}

std::string test_certificate::key() const {
    return pem_by(
        [this](BIO* out) { return PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

std::string test_certificate::encrypted_key() const {
    char passphrase[] = "passphrase";
    return pem_by([&](BIO* out) {
        return PEM_write_bio_PrivateKey(out, key_.get(), EVP_aes_256_cbc(), nullptr, 0, nullptr, passphrase);
    });
}

net::tls::certificate_files test_certificate::write(const std::filesystem::path& folder,
                                                    const std::string& behind) const {
    const net::tls::certificate_files files{folder / "chain.pem", folder / "key.pem"};
    write_file(files.chain, certificate() + behind);
    write_file(files.key, key());
    std::filesystem::permissions(files.key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return files;
}

}  // namespace pusherd::testing
