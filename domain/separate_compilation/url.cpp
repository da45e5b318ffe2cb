// Boost.URL, compiled here in place of linking the distribution's library (PUSHERD_BOOST_FROM_SOURCE).
#include <boost/url/src.hpp>
