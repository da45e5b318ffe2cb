#include "net/server/workspace.hpp"

#include "domain/wipe.hpp"
#include "net/bounds.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::size_t a_crowd = 256;
constexpr std::size_t output_worth_keeping = 2 * bounds::output_bytes;

// To the room that it needs. Without memory for that it stays as it is.
void shrink(std::string& output) noexcept {
    try {
        std::string smaller;
        smaller.reserve(response_writer::room_for_an_answer);
        output.swap(smaller);
    } catch (const std::bad_alloc&) {
        return;
    }
}

}  // namespace

void* workspace::operator new(std::size_t size) {
    void* const pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    return pages;
}

void workspace::operator delete(void* pages, std::size_t size) noexcept { ::munmap(pages, size); }

workspace_pool::workspace_pool() { push(std::unique_ptr<workspace>(new workspace)); }

// One after the other: a chain that ends itself would do so as deep as it is long.
workspace_pool::~workspace_pool() {
    while (first_) pop().reset();
}

std::unique_ptr<workspace> workspace_pool::take() noexcept {
    if (first_) return pop();
    try {
        return std::unique_ptr<workspace>(new workspace);  // not (): no need to zero it
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void workspace_pool::give_back(std::unique_ptr<workspace> work) noexcept {
    work->input.wipe();
    domain::wipe(work->request.asker.token);
    work->request.forget();
    work->output.clear();
    if (work->output.capacity() > output_worth_keeping) shrink(work->output);
    work->change.emplace<std::monostate>();
    work->reader.reset();
    push(std::move(work));
}

void workspace_pool::trim() noexcept {
    const std::size_t before = size_;
    const std::size_t spared = std::max(size_ - unwanted_ / 4 * 3, std::min(size_, bounds::spare_workspaces));
    while (size_ > spared) pop().reset();
    unwanted_ = size_;
    if (before - size_ >= a_crowd) ::malloc_trim(0);
}

void workspace_pool::push(std::unique_ptr<workspace> work) noexcept {
    work->next = std::move(first_);
    first_ = std::move(work);
    ++size_;
}

std::unique_ptr<workspace> workspace_pool::pop() noexcept {
    auto work = std::exchange(first_, nullptr);
    first_ = std::move(work->next);
    unwanted_ = std::min(unwanted_, --size_);
    return work;
}

}  // namespace pusherd::net
