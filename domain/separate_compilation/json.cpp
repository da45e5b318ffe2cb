// Boost.JSON, compiled here in place of linking the distribution's library (PUSHERD_BOOST_FROM_SOURCE).
#include <boost/json/src.hpp>
