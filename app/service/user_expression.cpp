#include "app/service/user_expression.hpp"

#include "net/loaded_library.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <new>
#include <stdexcept>

namespace pusherd::app {
namespace {

// What a backtracking expression may cost, in steps. What takes more names nobody.
constexpr std::uint32_t match_limit = 1'000'000;

// The functions that are used of it, loaded with the first expression.
struct pcre2 {
    decltype(&::pcre2_code_free_8) code_free{};
    decltype(&::pcre2_compile_8) compile{};
    decltype(&::pcre2_get_error_message_8) get_error_message{};
    decltype(&::pcre2_match_8) match{};
    decltype(&::pcre2_match_context_create_8) match_context_create{};
    decltype(&::pcre2_match_context_free_8) match_context_free{};
    decltype(&::pcre2_match_data_create_8) match_data_create{};
    decltype(&::pcre2_match_data_free_8) match_data_free{};
    decltype(&::pcre2_set_match_limit_8) set_match_limit{};

    pcre2() {
        const net::loaded_library library("libpcre2-8.so.0");
        library.find("pcre2_code_free_8", code_free);
        library.find("pcre2_compile_8", compile);
        library.find("pcre2_get_error_message_8", get_error_message);
        library.find("pcre2_match_8", match);
        library.find("pcre2_match_context_create_8", match_context_create);
        library.find("pcre2_match_context_free_8", match_context_free);
        library.find("pcre2_match_data_create_8", match_data_create);
        library.find("pcre2_match_data_free_8", match_data_free);
        library.find("pcre2_set_match_limit_8", set_match_limit);
    }
};

const pcre2& library() {
    static const pcre2 loaded;
    return loaded;
}

// As Python's re, by which registrations are read elsewhere: text of UTF-8, whose letters are Unicode's.
constexpr std::uint32_t options = PCRE2_ANCHORED | PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;

std::string describe(int error) {
    std::array<PCRE2_UCHAR8, 256> text{};
    (void)library().get_error_message(error, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

PCRE2_SPTR8 bytes_of(std::string_view text) noexcept { return reinterpret_cast<PCRE2_SPTR8>(text.data()); }

}  // namespace

struct user_expression::compiled {
    explicit compiled(const std::string& regex) {
        // Python repeats up to three times here, and PCRE2 takes it for text.
        if (regex.find("{,") != std::string::npos) throw std::invalid_argument("write {0,n}, and not {,n}");
        int error = 0;
        PCRE2_SIZE where = 0;
        code = library().compile(bytes_of(regex), regex.size(), options, &error, &where, nullptr);
        if (code == nullptr) throw std::invalid_argument(describe(error));
    }
    ~compiled() { library().code_free(code); }

    compiled(const compiled&) = delete;
    compiled& operator=(const compiled&) = delete;

    pcre2_code_8* code;
};

user_expression::user_expression(const std::string& regex) : compiled_(std::make_shared<const compiled>(regex)) {}

bool user_expression::operator()(std::string_view user_id) const {
    const pcre2& use = library();
    const std::unique_ptr<pcre2_match_data_8, decltype(use.match_data_free)> found(use.match_data_create(1, nullptr),
                                                                                   use.match_data_free);
    const std::unique_ptr<pcre2_match_context_8, decltype(use.match_context_free)> bounds(
        use.match_context_create(nullptr), use.match_context_free);
    if (!found || !bounds) throw std::bad_alloc();
    (void)use.set_match_limit(bounds.get(), match_limit);
    return use.match(compiled_->code, bytes_of(user_id), user_id.size(), 0, 0, found.get(), bounds.get()) >= 0;
}

}  // namespace pusherd::app
