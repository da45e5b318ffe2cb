#include "net/upstream/address_book.hpp"

#include "net/upstream/look_up.hpp"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::chrono::seconds good_for{60};
constexpr std::chrono::seconds pause_between_lookups{1};

}  // namespace

struct address_book::state {
    std::string host;
    std::string port;

    std::mutex mutex;  // guards what follows
    std::condition_variable changed;
    found_addresses found;
    bool is_wanted = false;
    bool has_ended = false;

    void keep_looking() {
        ::pthread_setname_np(::pthread_self(), "pusherd-names");  // as top -H shows it
        std::unique_lock lock(mutex);
        while (!has_ended) {
            is_wanted = false;
            lock.unlock();
            found_addresses now_found = look_up(host, port);
            lock.lock();
            found.problem = now_found.problem;
            if (!now_found.addresses.empty()) found.addresses = std::move(now_found.addresses);
            changed.wait_for(lock, pause_between_lookups, [this] { return has_ended; });
            changed.wait_for(lock, good_for, [this] { return is_wanted || has_ended; });
        }
    }
};

address_book::address_book(std::string host, std::string port) : state_(std::make_shared<state>()) {
    if (auto address = addresses_in(host, port)) {
        state_->found = std::move(*address);
        return;
    }
    state_->host = std::move(host);
    state_->port = std::move(port);
    std::thread([kept = state_] { kept->keep_looking(); }).detach();
}

address_book::~address_book() {
    const std::lock_guard lock(state_->mutex);
    state_->has_ended = true;
    state_->changed.notify_all();
}

std::vector<tcp::endpoint> address_book::addresses() const {
    const std::lock_guard lock(state_->mutex);
    return state_->found.addresses;
}

std::string address_book::problem() const {
    const std::lock_guard lock(state_->mutex);
    return state_->found.problem;
}

void address_book::look_again() noexcept {
    const std::lock_guard lock(state_->mutex);
    state_->is_wanted = true;
    state_->changed.notify_all();
}

}  // namespace pusherd::net
