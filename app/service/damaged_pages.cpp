#include "app/service/damaged_pages.hpp"

#include "app/service/last_words.hpp"

#include <csignal>

namespace pusherd::app {
namespace {

void on_damage(int) { end_saying("pusherd: data.mdb is damaged beyond reading: restore a backup\n"); }

}  // namespace

void end_at_damaged_pages() noexcept {
    for (const int end : {SIGSEGV, SIGABRT, SIGFPE}) std::signal(end, on_damage);
}

}  // namespace pusherd::app
