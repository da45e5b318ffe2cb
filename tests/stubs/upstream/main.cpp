// A peer for tests: a Matrix homeserver and an authentication service in one process, which does what it is told over
// its own port (control.hpp), faults among them. It listens on 127.0.0.1, says where, and ends with its standard input.

#include "tests/stubs/upstream/conversation.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>

namespace pusherd::stubs {
namespace {

#if PUSHERD_TLS
using tls_context = asio::ssl::context;

std::optional<tls_context> tls_context_of(const options& how) {
    if (how.certificate_file.empty()) return std::nullopt;
    tls_context context(tls_context::tls_server);
    context.use_certificate_chain_file(how.certificate_file);
    context.use_private_key_file(how.key_file, tls_context::pem);
    return context;
}
#else
using tls_context = int;
std::optional<tls_context> tls_context_of(const options&) { return std::nullopt; }
#endif

// A fault of the stub's own must not look like one that a test asked for.
void end_by(const std::exception_ptr& problem) {
    if (problem) std::rethrow_exception(problem);
}

void serve(tcp_socket socket, [[maybe_unused]] std::optional<tls_context>& tls, upstream& peer) {
    const auto executor = socket.get_executor();
#if PUSHERD_TLS
    if (tls) {
        asio::ssl::stream<tcp_socket> stream(std::move(socket), *tls);
        asio::co_spawn(executor, converse_by_tls(std::move(stream), peer), end_by);
        return;
    }
#endif
    asio::co_spawn(executor, converse(std::move(socket), peer), end_by);
}

task<> accept_all(tcp_acceptor& acceptor, std::optional<tls_context>& tls, upstream& peer) {
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(as_result);
        if (error) continue;
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        serve(std::move(socket), tls, peer);
    }
}

// Whoever started it is gone, or wants it to go.
task<> wait_for_end_of_input(asio::io_context& context) {
    asio::posix::basic_stream_descriptor<net::executor> input(context, ::dup(STDIN_FILENO));
    std::array<char, 64> bytes{};
    for (bool is_open = true; is_open;) {
        const auto [error, size] = co_await input.async_read_some(asio::buffer(bytes), as_result);
        is_open = !error;
    }
    context.stop();
}

void run(const options& how) {
    asio::io_context context(1);
    steady_timer released(context, steady_timer::time_point::max());
    upstream peer(how, released);
    auto tls = tls_context_of(how);
    tcp_acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), how.port));
    asio::signal_set signals(context, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code, int) { context.stop(); });
    asio::co_spawn(context, accept_all(acceptor, tls, peer), end_by);
    asio::co_spawn(context, wait_for_end_of_input(context), end_by);
    std::printf("listening on 127.0.0.1:%u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
    std::fflush(stdout);
    context.run();
    ::_exit(0);  // conversations that are under way refer to what would go before them
}

options parse(int argc, char** argv) {
    options how;
    CLI::App app("Plays a homeserver and an authentication service.");
    app.add_option("--port", how.port);
    app.add_flag("--starts-held", how.starts_held);
    app.add_option("--base-path", how.base_path);
    auto* certificate = app.add_option("--tls-cert", how.certificate_file);
    auto* key = app.add_option("--tls-key", how.key_file);
    certificate->needs(key);
    key->needs(certificate);
    app.add_option("--client-id", how.client_id);
    app.add_option("--client-secret", how.client_secret);
    app.add_option("--bearer-secret", how.bearer_secret);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        std::exit(app.exit(problem));
    }
    return how;
}

}  // namespace
}  // namespace pusherd::stubs

int main(int argc, char** argv) {
    try {
        pusherd::stubs::run(pusherd::stubs::parse(argc, argv));
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "stub_upstream: %s\n", problem.what());
        return 1;
    }
}
