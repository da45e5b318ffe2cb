#include "tests/bench/gateway/gateway_process.hpp"

#include "tests/support/files.hpp"
#include "tests/support/pusherd_process.hpp"
#include "tests/support/stub_upstream.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <iterator>
#include <stdexcept>

namespace pusherd::bench {
namespace {

namespace json = boost::json;

// By a shell, which sends stdout to a file and becomes the gateway.
std::vector<std::string> command_line(const std::vector<std::string>& arguments, const std::filesystem::path& output) {
    std::vector<std::string> line{
        "/bin/sh",  "-c",         "exec \"$0\" \"$@\" > '" + output.string() + "'", PUSHERD_BENCH_BINARY, "gateway",
        "--listen", "127.0.0.1:0"};
    line.insert(line.end(), arguments.begin(), arguments.end());
    return line;
}

std::string read_if_there(const std::filesystem::path& file) {
    return std::filesystem::exists(file) ? testing::read_file(file) : std::string();
}

}  // namespace

gateway_process::gateway_process(const std::vector<std::string>& arguments, const std::filesystem::path& output)
    : output_(output.empty() ? folder_.path() / "out" : output), process_(command_line(arguments, output_), errors_) {}

std::uint16_t gateway_process::port() const {
    std::string said;
    const bool listens = testing::comes_true([&] {
        said = errors();
        return said.find('\n') != std::string::npos;
    });
    if (!listens || said.find("listening on ") == std::string::npos)
        throw std::runtime_error("the gateway does not listen: " + said);
    return testing::port_in(said);
}

std::string gateway_process::output() const { return read_if_there(output_); }
std::string gateway_process::errors() const { return read_if_there(errors_); }

bool gateway_process::writes(std::string_view part) const {
    return testing::comes_true([&] { return output().find(part) != std::string::npos; });
}

std::size_t gateway_process::open_files() const {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(process_.pid()) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::string notification_body(std::string_view event_id, std::string_view pushkey, std::string_view app_id) {
    const json::value device{{"app_id", app_id}, {"pushkey", pushkey}, {"data", json::object()}};
    const json::value told{{"event_id", event_id}, {"counts", {{"unread", 1}}}, {"devices", json::array{device}}};
    return json::serialize(json::value{{"notification", told}});
}

}  // namespace pusherd::bench
