#include "net/tls/socket_bio.hpp"

#include "net/tls/openssl.hpp"

#include <boost/asio/error.hpp>

#include <new>
#include <span>
#include <string_view>

namespace pusherd::net::tls {
namespace {

constexpr int done = 1;
constexpr int not_done = 0;

socket_link& link_of(BIO* bio) { return *static_cast<socket_link*>(BIO_get_data(bio)); }

int note_failure(BIO* bio, const connection_socket::transfer& moved, int retry) {
    socket_link& link = link_of(bio);
    if (moved.must_wait()) {
        link.had_to_wait = true;
        BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    } else if (moved.failed == boost::asio::error::eof) {
        link.has_ended = true;
    } else {
        link.failed = moved.failed;
    }
    return not_done;
}

int receive(BIO* bio, char* room, std::size_t size, std::size_t* received) {
    BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    const auto moved = link_of(bio).socket.receive({room, size});
    link_of(bio).took_all = moved.took_all;
    if (moved.failed) return note_failure(bio, moved, BIO_FLAGS_READ);
    *received = moved.bytes;
    return done;
}

int send(BIO* bio, const char* bytes, std::size_t size, std::size_t* sent) {
    BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    const auto moved = link_of(bio).socket.send({bytes, size});
    if (moved.failed) return note_failure(bio, moved, BIO_FLAGS_WRITE);
    *sent = moved.bytes;
    return done;
}

long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return done;
    if (command == BIO_CTRL_EOF) return link_of(bio).has_ended ? 1 : 0;
    return 0;
}

BIO_METHOD* make_method() {
    BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pusherd's socket");
    if (method == nullptr) throw std::bad_alloc();
    BIO_meth_set_read_ex(method, receive);
    BIO_meth_set_write_ex(method, send);
    BIO_meth_set_ctrl(method, control);
    return method;
}

}  // namespace

bio_st* new_socket_bio(socket_link& link) {
    static BIO_METHOD* const method = make_method();  // for good
    BIO* const bio = BIO_new(method);
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, &link);
    BIO_set_init(bio, 1);
    return bio;
}

}  // namespace pusherd::net::tls
