// Thirty-two bytes handled as one, where the processor has AVX2.
//
// With the vectors of GCC and Clang and two of their builtins, because <immintrin.h> takes GCC as
// long to read as half of this library. Every function needs the attribute: one that lacks it can
// neither be inlined here nor take such a vector.
#ifndef WSPROTO_DETAIL_VECTOR_256_HPP
#define WSPROTO_DETAIL_VECTOR_256_HPP

#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/masking_key.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if WSPROTO_DETAIL_X86_64

namespace wsproto::detail {

using Vector256 = unsigned char __attribute__((vector_size(32)));

[[nodiscard, gnu::target("avx2")]] inline Vector256 load_256(const std::byte* from) noexcept {
    Vector256 vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

[[gnu::target("avx2")]] inline void store_256(std::byte* to, Vector256 vector) noexcept {
    std::memcpy(to, &vector, sizeof vector);
}

[[nodiscard, gnu::target("avx2")]] inline Vector256 repeat_256(MaskingKey key) noexcept {
    using Words = std::uint32_t __attribute__((vector_size(32)));
    return reinterpret_cast<Vector256>(Words{} | std::bit_cast<std::uint32_t>(key));
}

[[nodiscard, gnu::target("avx2")]] inline bool is_ascii_256(Vector256 vector) noexcept {
    using Chars = char __attribute__((vector_size(32)));
    return __builtin_ia32_pmovmskb256(reinterpret_cast<Chars>(vector)) == 0;
}

}  // namespace wsproto::detail

#endif

#endif
