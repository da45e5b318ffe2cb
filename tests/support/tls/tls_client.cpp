#include "tests/support/tls/tls_client.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <mutex>
#include <stdexcept>

namespace pusherd::testing {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds patience{10};

[[noreturn]] void fail(const std::string& what) {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    throw std::runtime_error(what + ": " + (reason == nullptr ? "no reason" : reason));
}

struct free_ssl {
    void operator()(SSL* each) const noexcept { SSL_free(each); }
};
using ssl_ptr = std::unique_ptr<SSL, free_ssl>;

void wait_for(int socket, short what, clock::time_point until) {
    pollfd waiting{socket, what, 0};
    const auto left = std::chrono::ceil<milliseconds>(until - clock::now());
    ::poll(&waiting, 1, static_cast<int>(std::max<milliseconds::rep>(left.count(), 0)));
}

/// Threads take turns with the SSL, which is no two's at a time; they wait outside of it.
class stream final : public secure_stream {
public:
    stream(int socket, ssl_ptr ssl, std::size_t record_size)
        : socket_(socket), ssl_(std::move(ssl)), record_size_(record_size) {
        const auto deadline = clock::now() + patience;
        for (outcome got; (got = call([this] { return SSL_connect(ssl_.get()); })) != outcome::done;) {
            if (got == outcome::ended || clock::now() > deadline) fail("no handshake");
            wait_for(socket_, got == outcome::wants_room ? POLLOUT : POLLIN, deadline);
        }
    }

    // OpenSSL takes a session whose connection was not ended in good order for a bad one, and would not resume it.
    ~stream() override { SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN); }

    [[nodiscard]] SSL* get() const noexcept { return ssl_.get(); }

    bool send(std::string_view bytes) override {
        const auto deadline = clock::now() + patience;
        while (!bytes.empty()) {
            const std::string_view record = bytes.substr(0, record_size_ == 0 ? bytes.size() : record_size_);
            std::size_t sent = 0;
            const outcome got = call([&] { return SSL_write_ex(ssl_.get(), record.data(), record.size(), &sent); });
            if (got == outcome::ended) return false;
            if (got != outcome::done) {
                if (clock::now() > deadline) fail("nothing can be sent");
                wait_for(socket_, POLLOUT, clock::now() + milliseconds(20));
            }
            bytes.remove_prefix(sent);
        }
        return true;
    }

    std::size_t receive(char* room, std::size_t size) override {
        std::size_t received = 0;
        const auto deadline = clock::now() + patience;
        for (;;) {
            const outcome got = call([&] { return SSL_read_ex(ssl_.get(), room, size, &received); });
            if (got == outcome::done || got == outcome::ended) return received;
            if (clock::now() > deadline) fail("nothing comes");
            wait_for(socket_, POLLIN, clock::now() + milliseconds(20));
        }
    }

    bool is_readable_within(milliseconds time) override {
        const auto deadline = clock::now() + time;
        for (;;) {
            const outcome got = peek();
            if (got == outcome::done || got == outcome::ended) return true;
            if (clock::now() >= deadline) return false;
            wait_for(socket_, POLLIN, deadline);
        }
    }

    bool is_at_end() override { return peek() == outcome::ended; }

    void end_sending() override {
        call([this] { return SSL_shutdown(ssl_.get()); });
    }

private:
    enum class outcome { done, wants_bytes, wants_room, ended };

    template <class Operation>
    outcome call(Operation&& operation) {
        const std::lock_guard lock(mutex_);
        ERR_clear_error();
        const int result = operation();
        if (result == 1) return outcome::done;
        switch (SSL_get_error(ssl_.get(), result)) {
            case SSL_ERROR_WANT_READ: return outcome::wants_bytes;
            case SSL_ERROR_WANT_WRITE: return outcome::wants_room;
            default: return outcome::ended;
        }
    }

    outcome peek() {
        char byte = 0;
        std::size_t seen = 0;
        return call([&] { return SSL_peek_ex(ssl_.get(), &byte, 1, &seen); });
    }

    int socket_;
    ssl_ptr ssl_;
    std::size_t record_size_;
    std::mutex mutex_;
};

// As ALPN lists them: each behind its length.
std::string wire_format(std::string_view names) {
    std::string out;
    while (!names.empty()) {
        const std::string_view name = names.substr(0, names.find(','));
        (out += static_cast<char>(name.size())) += name;
        names.remove_prefix(std::min(names.size(), name.size() + 1));
    }
    return out;
}

std::string name_in(X509* certificate) {
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    return name;
}

void trust(SSL_CTX* context, const std::string& pem) {
    const std::unique_ptr<BIO, int (*)(BIO*)> source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                     BIO_free);
    const std::unique_ptr<X509, void (*)(X509*)> authority(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr),
                                                           X509_free);
    if (!authority || X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1) fail("authority");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

}  // namespace

void tls_client::free_context::operator()(ssl_ctx_st* each) const noexcept { SSL_CTX_free(each); }
void tls_client::free_session::operator()(ssl_session_st* each) const noexcept { SSL_SESSION_free(each); }

tls_client::tls_client(options how) : how_(std::move(how)), context_(SSL_CTX_new(TLS_client_method())) {
    std::signal(SIGPIPE, SIG_IGN);  // of OpenSSL's own sockets, whose server has closed
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_min_proto_version(context, how_.lowest);
    SSL_CTX_set_max_proto_version(context, how_.highest);
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!how_.ciphers.empty() && SSL_CTX_set_cipher_list(context, how_.ciphers.c_str()) != 1) fail("ciphers");
    const std::string protocols = wire_format(how_.protocols);
    if (!protocols.empty())
        SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()),
                                static_cast<unsigned>(protocols.size()));
    if (how_.authority) trust(context, *how_.authority);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(context, this);
    SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
        auto& self = *static_cast<tls_client*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        self.session_.reset(session);
        ++self.tickets_;
        return 1;  // it is ours now
    });
}

tls_client::~tls_client() = default;

std::unique_ptr<secure_stream> tls_client::connect(int socket) {
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
    ssl_ptr ssl(SSL_new(context_.get()));
    if (!ssl || SSL_set_fd(ssl.get(), socket) != 1) fail("SSL");
    if (how_.authority) SSL_set1_host(ssl.get(), "localhost");
    if (how_.resumes && session_) SSL_set_session(ssl.get(), session_.get());
    auto made = std::make_unique<stream>(socket, std::move(ssl), how_.record_size);
    version_ = SSL_get_version(made->get());
    cipher_ = SSL_get_cipher_name(made->get());
    was_resumed_ = SSL_session_reused(made->get()) == 1;
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(made->get(), &protocol, &size);
    protocol_.assign(protocol, protocol + size);
    server_name_ = name_in(SSL_get0_peer_certificate(made->get()));
    return made;
}

std::string client_hello() {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    const ssl_ptr ssl(SSL_new(context.get()));
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
    SSL_connect(ssl.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace pusherd::testing
