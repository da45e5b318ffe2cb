#include "tests/stubs/upstream/request_log.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string_view>
#include <utility>

namespace pusherd::stubs {
namespace {

std::string_view plain(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

boost::json::value request_log::as_json() const {
    boost::json::array all;
    for (const entry& each : requests_) {
        boost::json::array fields;
        for (const auto& field : each.came)
            fields.push_back(boost::json::array{plain(field.name_string()), plain(field.value())});
        all.push_back(boost::json::object{{"method", plain(each.came.method_string())},
                                          {"target", plain(each.came.target())},
                                          {"fields", std::move(fields)},
                                          {"body", each.came.body()},
                                          {"connection", each.connection}});
    }
    return all;
}

}  // namespace pusherd::stubs
