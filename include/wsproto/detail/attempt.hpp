// Memory that lacks, where exceptions may be off: trying, and giving up.
#ifndef WSPROTO_DETAIL_ATTEMPT_HPP
#define WSPROTO_DETAIL_ATTEMPT_HPP

#include <exception>
#include <new>

namespace wsproto::detail {

/// Whether `action` ran without `std::bad_alloc`; without exceptions it ends the program itself.
template <typename Action>
[[nodiscard]] bool attempt(Action action) noexcept {
#ifdef __cpp_exceptions
    try {
        action();
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
#else
    action();
    return true;
#endif
}

/// Throws `std::bad_alloc`; without exceptions, ends the program as a failing `new` does.
[[noreturn]] inline void throw_bad_alloc() {
#ifdef __cpp_exceptions
    throw std::bad_alloc{};
#else
    std::terminate();
#endif
}

}  // namespace wsproto::detail

#endif
