#pragma once

#include <stdexcept>

namespace pusherd::net {

/// A shared library that is loaded when it is first wanted (dlopen(3)) and not with the program: for what few servers
/// use, that would cost all of them a slower start and more memory. It stays loaded to the end of the process.
class loaded_library {
public:
    /// The system has no such library, or an older one. what() is one line for the operator.
    class missing : public std::runtime_error {
        using std::runtime_error::runtime_error;
    };

    /// Throws missing.
    /// @param name as the loader finds it, such as libyaml-0.so.2; lives as long as this
    explicit loaded_library(const char* name);

    /// A function of it, or of what it depends on. Throws missing.
    template <class Function>
    void find(const char* function, Function*& found) const {
        found = reinterpret_cast<Function*>(address_of(function));
    }

private:
    [[nodiscard]] void* address_of(const char* function) const;

    const char* name_;
    void* handle_;
};

}  // namespace pusherd::net
