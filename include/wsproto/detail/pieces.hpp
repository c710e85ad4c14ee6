// Pieces of 1 to 16 bytes that are read, combined and written as one.
//
// The longest is a vector of SSE2 or NEON, which every x86-64 and arm64 has, elsewhere a word. They
// are bytes in the order of memory, not numbers: no order of bytes is known here.
#ifndef WSPROTO_DETAIL_PIECES_HPP
#define WSPROTO_DETAIL_PIECES_HPP

#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/masking_key.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace wsproto::detail {

template <typename Piece>
[[nodiscard]] inline Piece load(const void* from) noexcept {
    Piece piece;
    std::memcpy(&piece, from, sizeof piece);
    return piece;
}

template <typename Piece>
inline void store(void* to, Piece piece) noexcept {
    std::memcpy(to, &piece, sizeof piece);
}

/// The key, again and again, or as much of it as there is room for.
template <typename Piece>
[[nodiscard]] inline Piece repeat(MaskingKey key) noexcept {
    return load<Piece>(key.data());
}

template <>
[[nodiscard]] inline std::uint64_t repeat(MaskingKey key) noexcept {
    return std::bit_cast<std::uint32_t>(key) * std::uint64_t{0x1'0000'0001};
}

/// Whether every byte is ASCII.
[[nodiscard]] constexpr bool is_ascii(std::unsigned_integral auto piece) noexcept {
    return (piece & 0x8080808080808080) == 0;
}

#if WSPROTO_DETAIL_X86_64 || WSPROTO_DETAIL_NEON

using Vector128 = unsigned char __attribute__((vector_size(16)));
using LongestPiece = Vector128;

template <>
[[nodiscard]] inline Vector128 repeat(MaskingKey key) noexcept {
    using Words = std::uint32_t __attribute__((vector_size(16)));
    return reinterpret_cast<Vector128>(Words{} | std::bit_cast<std::uint32_t>(key));
}

[[nodiscard]] inline bool is_ascii(Vector128 piece) noexcept {
#if WSPROTO_DETAIL_X86_64
    using Chars = char __attribute__((vector_size(16)));
    return __builtin_ia32_pmovmskb128(reinterpret_cast<Chars>(piece)) == 0;
#else
    using Words = std::uint64_t __attribute__((vector_size(16)));
    const auto words = reinterpret_cast<Words>(piece);
    return is_ascii(words[0] | words[1]);
#endif
}

#else

using LongestPiece = std::uint64_t;

#endif

}  // namespace wsproto::detail

#endif
