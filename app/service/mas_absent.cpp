// What stands in place of mas.cpp in a build without validators (PUSHERD_AUTH=OFF): the options are refused, so MAS
// never calls.

#include "app/service/mas.hpp"

namespace pusherd::app {

std::string check_mas_secret_file(const std::string&) {
    return "this pusherd was built without validators, and without what MAS calls";
}

std::string check_mas_upstream(const std::string& url) { return check_mas_secret_file(url); }

std::unique_ptr<net::mas_calls> read_mas_calls(const serve_options&, const std::string&, domain::logger&) {
    return nullptr;
}

}  // namespace pusherd::app
