// The function bodies of Asio's TLS, compiled here once: pusherd itself has no use for them.
#include <boost/asio/ssl/impl/src.hpp>
