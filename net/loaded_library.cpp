#include "net/loaded_library.hpp"

#include <dlfcn.h>

#include <string>

namespace pusherd::net {

loaded_library::loaded_library(const char* name) : name_(name), handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw missing(::dlerror());
}

void* loaded_library::address_of(const char* function) const {
    void* const found = ::dlsym(handle_, function);
    if (found == nullptr) throw missing(std::string(name_) + " has no " + function);
    return found;
}

}  // namespace pusherd::net
