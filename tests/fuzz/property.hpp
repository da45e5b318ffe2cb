#pragma once

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pusherd::fuzz {

/// Something that must hold for any input does not.
class broken_property : public std::logic_error {
    using std::logic_error::logic_error;
};

inline void require(bool holds, std::string_view property) {
    if (!holds) throw broken_property("it does not hold that " + std::string(property));
}

/// A copy with nothing behind its last byte: whoever reads on is seen by the address sanitizer.
class exact_copy {
public:
    explicit exact_copy(std::string_view bytes) : bytes_(new char[bytes.size()]), size_(bytes.size()) {
        std::copy(bytes.begin(), bytes.end(), bytes_.get());
    }

    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

/// The text up to the first line feed, which is cut off the front with it.
inline std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

}  // namespace pusherd::fuzz
