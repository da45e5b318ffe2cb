// What stands in this folder's place in a build without OpenSSL (PUSHERD_TLS=OFF): there are no credentials, and hence
// no channel.

#include "net/tls/channel.hpp"
#include "net/tls/client_context.hpp"
#include "net/tls/credentials.hpp"

#include <boost/system/errc.hpp>

namespace pusherd::net::tls {
namespace {

connection_socket::transfer unsupported() noexcept {
    return {.failed = make_error_code(boost::system::errc::protocol_not_supported)};
}

}  // namespace

struct credentials::state {};

credentials::credentials(certificate_files) { throw unusable("this pusherd was built without TLS"); }
credentials::~credentials() = default;
void credentials::reload() {}
struct credentials::renewal {};
std::shared_ptr<credentials::renewal> credentials::read(certificate_files) const { return nullptr; }
void credentials::adopt(renewal&) noexcept {}
bool credentials::is_another(const renewal&) const noexcept { return false; }
std::chrono::sys_seconds credentials::expiry() const noexcept { return {}; }
std::unique_ptr<channel> credentials::accept(const connection_socket&) const { return nullptr; }

context_ptr make_client_context() { throw unusable("this pusherd was built without TLS"); }
void verify_server(ssl_ctx_st&, const std::string&, const std::filesystem::path&) {}
void verify_servers(ssl_ctx_st&, const std::filesystem::path&) {}

channel::channel(ssl_ctx_st&, const connection_socket& socket, side) : link_{.socket = socket} {}
void channel::free_ssl::operator()(ssl_st*) const noexcept {}
connection_socket::transfer channel::shake_hands() noexcept { return unsupported(); }
connection_socket::transfer channel::receive(std::span<char>) noexcept { return unsupported(); }
connection_socket::transfer channel::send(std::string_view) noexcept { return unsupported(); }
void channel::expect(const meeting&) {}
const char* channel::why_not_trusted() const noexcept { return nullptr; }
bool channel::has_unread_bytes() const noexcept { return false; }
void channel::end_sending() noexcept {}

}  // namespace pusherd::net::tls
