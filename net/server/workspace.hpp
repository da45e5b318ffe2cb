#pragma once

#include "net/api/request_handler.hpp"
#include "net/http/request_reader.hpp"
#include "net/server/input_buffer.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace pusherd::net {

/// What a connection needs while there is something to do. An idle one has none: workers keep some for all.
struct workspace {
    workspace() { output.reserve(response_writer::room_for_an_answer); }

    /// In pages of its own (mmap(2)): of a small request's, few are ever touched, and all go back to the system with
    /// it. From the heap, thousands of them leave it full of holes that it keeps.
    /// @throws std::bad_alloc
    static void* operator new(std::size_t size);
    static void operator delete(void* pages, std::size_t size) noexcept;

    input_buffer input;
    std::string output;  // always has room for an answer once it is empty
    request_reader reader;
    admitted_request request;
    change_under_way change;
    std::unique_ptr<workspace> next;  // in the pool
};

/// The workspaces of one thread that no connection uses. A crowd leaves many behind, and the next one finds them; what
/// is not wanted for some seconds goes back to the system.
class workspace_pool {
public:
    /// Holds one from the start, for when there is no memory left.
    workspace_pool();
    ~workspace_pool();

    workspace_pool(const workspace_pool&) = delete;
    workspace_pool& operator=(const workspace_pool&) = delete;

    /// None if there is no memory for another.
    [[nodiscard]] std::unique_ptr<workspace> take() noexcept;

    /// Overwrites what tells of the last request's token.
    void give_back(std::unique_ptr<workspace> work) noexcept;

    /// To be called from time to time: lets go of most of those that nobody has wanted since the last call, but for
    /// bounds::spare_workspaces. A crowd has left holes in the heap as well, all that a request allocates: when many
    /// go, the heap gives back what it can.
    void trim() noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    void push(std::unique_ptr<workspace> work) noexcept;
    [[nodiscard]] std::unique_ptr<workspace> pop() noexcept;

    std::unique_ptr<workspace> first_;
    std::size_t size_ = 0;
    std::size_t unwanted_ = 0;  // the least that there have been since the last trim()
};

}  // namespace pusherd::net
