#include "tests/faults/fault_injector.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace pusherd::testing {
namespace {

fault_orders* map_new_orders(const std::filesystem::path& path) {
    const auto check = [&](bool is_done) {
        if (!is_done) throw std::system_error(errno, std::generic_category(), path.string());
    };
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    check(file >= 0);
    check(::ftruncate(file, sizeof(fault_orders)) == 0);
    void* const mapped = ::mmap(nullptr, sizeof(fault_orders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    check(mapped != MAP_FAILED);
    return ::new (mapped) fault_orders{};
}

}  // namespace

fault_injector::fault_injector(std::filesystem::path file) : file_(std::move(file)), orders_(map_new_orders(file_)) {}

fault_injector::~fault_injector() { ::munmap(orders_, sizeof(fault_orders)); }

std::map<std::string, std::string> fault_injector::environment() const {
    return {{"LD_PRELOAD", PUSHERD_FAULTS_LIBRARY}, {fault_orders_variable, file_.string()}};
}

void fault_injector::arm(const fault& what) noexcept {
    orders_->kind = call_kind::none;
    orders_->calls = 0;
    orders_->failed = 0;
    orders_->first = what.nth;
    orders_->last = what.is_lasting ? std::numeric_limits<std::uint64_t>::max() : what.nth;
    orders_->error = what.error;
    orders_->tears = what.tears;
    orders_->kind = what.kind;
}

std::uint64_t fault_injector::disarm() noexcept {
    orders_->kind = call_kind::none;
    return orders_->failed;
}

std::uint64_t fault_injector::calls_ever(call_kind kind) const noexcept {
    return orders_->calls_ever[static_cast<std::uint32_t>(kind)];
}

}  // namespace pusherd::testing
