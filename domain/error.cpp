#include "domain/error.hpp"

#include <boost/throw_exception.hpp>

#include <stdexcept>

namespace pusherd::domain {

void throw_exception_from_error(const error& problem, const boost::source_location& where) {
    boost::throw_exception(std::logic_error("result read without a test: " + problem.message), where);
}

}  // namespace pusherd::domain
