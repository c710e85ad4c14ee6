// Which vector instructions the library may use: those that every processor of the kind has, and
// those that this one turns out to have.
//
// Only GCC and Clang, and not on Windows, where GCC misaligns vectors of 32 bytes on the stack.
#ifndef WSPROTO_DETAIL_CPU_HPP
#define WSPROTO_DETAIL_CPU_HPP

// x86-64 with its SSE2. Code for what came later sits in functions with a target attribute, so that
// it is there whatever the flags, and runs where the processor has it.
#if defined(__GNUC__) && !defined(_WIN32) && defined(__x86_64__) && defined(__SSE2__)
#define WSPROTO_DETAIL_X86_64 1
#include <cpuid.h>
#else
#define WSPROTO_DETAIL_X86_64 0
#endif

// arm64 with its NEON.
#if defined(__GNUC__) && !defined(_WIN32) && defined(__AARCH64EL__) && defined(__ARM_NEON)
#define WSPROTO_DETAIL_NEON 1
#else
#define WSPROTO_DETAIL_NEON 0
#endif

namespace wsproto::detail {

inline constexpr bool is_x86_64 = WSPROTO_DETAIL_X86_64 != 0;
inline constexpr bool has_neon = WSPROTO_DETAIL_NEON != 0;

#if WSPROTO_DETAIL_X86_64

#if defined(__AVX2__)
inline constexpr bool built_for_avx2 = true;
#else
inline constexpr bool built_for_avx2 = false;
#endif

/// Costs a load: the compiler's own library looks once, before any constructor of the program.
[[nodiscard]] inline bool has_avx2() noexcept {
    return built_for_avx2 || __builtin_cpu_supports("avx2") != 0;
}

/// The instruction that looks up sixteen bytes in a table of sixteen.
[[nodiscard]] inline bool has_ssse3() noexcept {
    return built_for_avx2 || __builtin_cpu_supports("ssse3") != 0;
}

/// The instructions for SHA-1, which GCC 12 cannot ask for by name; with them comes SSSE3.
[[nodiscard]] inline bool has_sha() noexcept {
    static const bool found = [] {
        unsigned eax = 0;
        unsigned ebx = 0;
        unsigned ecx = 0;
        unsigned edx = 0;
        constexpr unsigned sha = 1U << 29;
        return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & sha) != 0;
    }();
    return found && has_ssse3();
}

#endif

}  // namespace wsproto::detail

#endif
