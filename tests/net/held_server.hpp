#pragma once

#include "net/server/server.hpp"
#include "tests/support/recording_logger.hpp"

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::testing {

/// A store whose list keeps the thread until it is let go, and whose sets are answered by the test.
class holding_store final : public domain::store {
public:
    std::unique_ptr<domain::store_reader> open_reader() override { return std::make_unique<reader>(*this); }
    bool has_room() const noexcept override { return !full; }
    bool submit(domain::change what) override {
        submitted.set_value(&std::get<std::reference_wrapper<domain::set_request>>(what).get());
        return true;
    }

    std::atomic<bool> full = false;
    std::promise<domain::set_request*> submitted;
    std::promise<void> held;
    std::promise<void> let_go;

private:
    class reader final : public domain::store_reader {
    public:
        explicit reader(holding_store& home) : home_(home) {}

        std::optional<domain::identity> authenticate(const domain::token_digest&) override {
            return domain::identity{.user_id = "@alice:h", .device_id = {}};
        }
        bool answer_without_writing(domain::set_request&) override { return false; }
        std::optional<domain::search_position> search(const domain::pusher_filter&, const domain::search_position&,
                                                      std::size_t, domain::search_visitor&) override {
            return std::nullopt;
        }
        domain::users_health health_of(std::string_view, domain::timestamp) override { return {}; }
        std::string server_name() override { return {}; }
        bool is_still_valid(const domain::identity&, std::uint64_t&) override { return false; }
        domain::result<> list_vouched_for(const domain::identity&, std::uint64_t&, domain::list_visitor&) override {
            return domain::error{domain::errc::unknown_token, ""};
        }
        std::uint64_t snapshot() override { return 0; }
        void rest() noexcept override {}

        domain::result<> list(const domain::token_digest&, domain::list_visitor& visitor) override {
            home_.held.set_value();
            home_.let_go.get_future().wait();
            visitor.visit("");
            return {};
        }

    private:
        holding_store& home_;
    };
};

/// A server on it.
struct held_server {
    holding_store store;
    recording_logger log;
    net::server_settings settings;
    net::server server{settings, store, log};

    /// @return its port
    std::uint16_t start() {
        net::listening_sockets sockets({"127.0.0.1:0"});
        const std::string address = sockets.addresses().front();
        server.start(std::move(sockets));
        return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
    }

    void stop() {
        server.begin_stop();
        server.end_idle_connections();
        server.join();
    }
};

}  // namespace pusherd::testing
