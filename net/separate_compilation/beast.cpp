// Beast's function bodies, compiled here once instead of in every file (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
