// Random bytes from the operating system's generator, and nowhere else.
//
// Each call is a system call or nearly one. When the system refuses, the process ends: there is no
// weaker source to fall back to.
#ifndef WSPROTO_DETAIL_OS_RANDOM_HPP
#define WSPROTO_DETAIL_OS_RANDOM_HPP

#include <wsproto/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#if defined(_WIN32)
// Declared as <bcrypt.h> does, which would bring <windows.h> with it. Link bcrypt.
extern "C" long __stdcall BCryptGenRandom(void* algorithm, unsigned char* buffer,
                                          unsigned long size, unsigned long flags);
#elif defined(__linux__)
#include <cerrno>

#include <sys/random.h>
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__)
#include <stdlib.h>
#else
#include <unistd.h>
#endif

namespace wsproto::detail {

/// How much of `out` the system filled in one call; 0 if it was interrupted. Aborts if it refuses.
[[nodiscard]] inline std::size_t fill_some_from_os(MutableBytesView out) noexcept {
#if defined(_WIN32)
    constexpr unsigned long use_system_preferred_rng = 2;
    const std::size_t size = std::min<std::size_t>(out.size(), 1U << 20);
    if (BCryptGenRandom(nullptr, reinterpret_cast<unsigned char*>(out.data()),
                        static_cast<unsigned long>(size), use_system_preferred_rng) < 0) {
        std::abort();
    }
    return size;
#elif defined(__linux__)
    const ssize_t size = ::getrandom(out.data(), out.size(), 0);
    if (size < 0 && errno != EINTR) {
        std::abort();
    }
    return size < 0 ? 0 : static_cast<std::size_t>(size);
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__)
    ::arc4random_buf(out.data(), out.size());
    return out.size();
#else
    const std::size_t size = std::min<std::size_t>(out.size(), 256);  // no more at once: POSIX
    if (::getentropy(out.data(), size) != 0) {
        std::abort();
    }
    return size;
#endif
}

/// Fills `out` with unpredictable bytes. Ends the process by `std::abort` if there are none.
inline void fill_from_os(MutableBytesView out) noexcept {
    while (!out.empty()) {
        out = out.subspan(fill_some_from_os(out));
    }
}

}  // namespace wsproto::detail

#endif
