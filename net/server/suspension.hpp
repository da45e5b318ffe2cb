#pragma once

#include "net/server/event_loop.hpp"
#include "net/server/task.hpp"

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace pusherd::net {

/// Where a coroutine waits until it is told to go on. One waits at a time. The loop's thread.
///
/// By hand in place of any_completion_handler, which allocates for every wait, and a request is a wait: the handler of
/// a coroutine has a known size, and has its place here.
class suspension final : private turn_taker {
public:
    suspension() noexcept = default;
    ~suspension() { destroy(); }
    suspension(const suspension&) = delete;
    suspension& operator=(const suspension&) = delete;

    /// To be awaited: until resume(), or resume_later().
    [[nodiscard]] auto until_resumed() {
        auto keep_handler = [this](auto handler) { keep(std::move(handler)); };
        return asio::async_initiate<const asio::deferred_t, void()>(keep_handler, asio::deferred);
    }

    /// To be awaited: until all others have had their turn, or until resume().
    [[nodiscard]] auto until_next_turn(event_loop& loop) {
        loop.line_up(*this);
        return until_resumed();
    }

    /// Runs the coroutine until it waits again, if one is waiting here. What this is a part of may be gone then.
    void resume() {
        if (operations_ == nullptr) return;
        if (is_linked()) unlink();  // this is the turn that it was to have
        suspension resumed;
        resumed.take(*this);
        resumed.operations_->run(resumed.handler_);
    }

    /// The same, but later: for those who go through all connections meanwhile.
    void resume_later(event_loop& loop) noexcept {
        if (operations_ != nullptr) loop.line_up(*this);
    }

private:
    void on_turn() override { resume(); }

    /// What can be done with a handler of a type that is not known here.
    struct operations {
        void (*run)(void* handler);
        void (*move)(void* from, void* to) noexcept;
        void (*destroy)(void* handler) noexcept;
    };

    template <class Handler>
    static constexpr operations operations_of{
        [](void* handler) { std::move (*static_cast<Handler*>(handler))(); },
        [](void* from, void* to) noexcept {
            std::construct_at(static_cast<Handler*>(to), std::move(*static_cast<Handler*>(from)));
        },
        [](void* handler) noexcept { std::destroy_at(static_cast<Handler*>(handler)); }};

    template <class Handler>
    void keep(Handler handler) {
        static_assert(sizeof(Handler) <= sizeof handler_ && alignof(Handler) <= alignof(std::max_align_t));
        static_assert(std::is_nothrow_move_constructible_v<Handler>);
        destroy();
        ::new (static_cast<void*>(handler_)) Handler(std::move(handler));
        operations_ = &operations_of<Handler>;
    }

    void take(suspension& other) noexcept {
        if (other.operations_ == nullptr) return;
        other.operations_->move(other.handler_, handler_);
        operations_ = other.operations_;
        other.destroy();
    }

    void destroy() noexcept {
        if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(handler_);
    }

    alignas(std::max_align_t) std::byte handler_[4 * sizeof(void*)];
    const operations* operations_ = nullptr;
};

}  // namespace pusherd::net
