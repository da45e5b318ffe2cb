#include "tests/faults/faulty_server.hpp"

#include "persistence/registry/verify.hpp"

#include <boost/test/unit_test.hpp>

#include <exception>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace pusherd::testing {
namespace {

std::string faults_in(const std::filesystem::path& data) {
    std::string faults;
    persistence::database db(data, {.mode = persistence::open_mode::look});
    (void)persistence::verify(db, [&](std::string_view fault) { (faults += fault) += '\n'; });
    return faults;
}

std::string list_of(http_client& client) {
    const answer list = client.get();
    if (list.status != 200) throw std::runtime_error("a list is refused while nothing fails: " + list.body);
    return list.body;
}

}  // namespace

faulty_server::faulty_server(std::vector<std::string> options) : options_(std::move(options)) {
    options_.insert(options_.end(), {"--set-rate", "0", "--threads", "2"});
    start();
}

faulty_server::~faulty_server() {
    faults_.disarm();
    try {
        const process_end& end = server_->stop();
        BOOST_TEST(end.status == 0, end.err);
    } catch (const std::exception& failure) {
        BOOST_ERROR("it does not end: " << failure.what());
    }
}

void faulty_server::start() {
    server_ = std::make_unique<pusherd_server>(folder_.data(), options_, faults_.environment());
    as_alice_ = std::make_unique<http_client>(client(alice_));
    as_bob_ = std::make_unique<http_client>(client(bob_));
}

std::string faulty_server::state() {
    return "alice: " + list_of(*as_alice_) + "\nbob: " + list_of(*as_bob_) + '\n' + faults_in(folder_.data());
}

void faulty_server::prepare(const operation& what) {
    for (const user_request& each : what.preparation) {
        const std::string got = perform(each.by_bob ? *as_bob_ : *as_alice_, each.body);
        if (got != "200") throw std::runtime_error("a set is refused while nothing fails: " + got);
    }
}

bool faulty_server::answers_lists() const {
    http_client asking = client(alice_);
    return perform(asking, {}) == "200";
}

std::size_t faulty_server::descriptors() const {
    const std::filesystem::directory_iterator open("/proc/" + std::to_string(server_->process().pid()) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

process_end faulty_server::end_and_restart() {
    const process_end ended = server_->process().wait();
    start();
    return ended;
}

std::vector<operation> every_operation() {
    const std::string key = pusher_body("org.example.app", "key");
    const user_request nobody_has_it[] = {{false, removal_body("org.example.app", "key")},
                                          {true, removal_body("org.example.app", "key")}};
    const std::vector<user_request> none(std::begin(nobody_has_it), std::end(nobody_has_it));
    std::vector<user_request> alices = none;
    alices.push_back({false, key});
    std::string large = key;
    large.insert(large.rfind("}}"), ",\"padding\":\"" + std::string(15'000, 'x') + '"');
    return {{"list", {}, alices},
            {"create", {false, key}, none},
            {"create a large one", {false, large}, none},
            {"update", {false, pusher_body("org.example.app", "key", "de")}, alices},
            {"change nothing", {false, key}, alices},
            {"delete", {false, removal_body("org.example.app", "key")}, alices},
            {"evict", {true, key}, alices},
            {"append", {true, pusher_body("org.example.app", "key", "en", true)}, alices}};
}

std::string perform(http_client& client, const std::string& body) {
    try {
        const answer got = body.empty() ? client.get() : client.set(body);
        if (got.status == 200) return "200";
        std::string verdict = std::to_string(got.status) + ' ' + got.errcode();
        if (got.field("content-type") != "application/json") verdict += ", of another type";
        if (got.field("date").empty()) verdict += ", without a date";
        return verdict;
    } catch (const std::exception& failure) {
        return std::string("no answer: ") + failure.what();
    }
}

}  // namespace pusherd::testing
