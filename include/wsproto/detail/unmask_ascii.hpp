// The loops that unmask text for as long as it is ASCII, which is seen before it is written.
//
// What to do about the rest is not known here.
#ifndef WSPROTO_DETAIL_UNMASK_ASCII_HPP
#define WSPROTO_DETAIL_UNMASK_ASCII_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/mask_avx2.hpp>
#include <wsproto/detail/mask_pieces.hpp>
#include <wsproto/detail/masking_key.hpp>
#include <wsproto/detail/pieces.hpp>
#include <wsproto/detail/vector_256.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace wsproto::detail {

/// Unmasks whole blocks at the front of `data`, up to the first that is not ASCII; returns their
/// size.
template <typename Piece = LongestPiece>
[[nodiscard]] inline std::size_t unmask_ascii_pieces(MutableBytesView data,
                                                     MaskingKey key) noexcept {
    constexpr std::size_t block_size = 4 * sizeof(Piece);
    const auto keys = repeat<Piece>(key);
    std::size_t done = 0;
    for (; data.size() - done >= block_size; done += block_size) {
        const MaskedBlock<Piece> block{data.data() + done, keys};
        if (!block.is_ascii()) {
            break;
        }
        block.write(data.data() + done);
    }
    return done;
}

#if WSPROTO_DETAIL_X86_64

/// The same for at least 32 bytes; the size it returns may be odd.
///
/// All but the first vector are written at multiples of 32, and the first last: others overlap it.
[[nodiscard, gnu::target("avx2")]] inline std::size_t unmask_ascii_avx2(MutableBytesView data,
                                                                        MaskingKey key) noexcept {
    const Vector256 first = load_256(data.data()) ^ repeat_256(key);
    if (!is_ascii_256(first)) {
        return 0;
    }
    std::size_t done = 32 - reinterpret_cast<std::uintptr_t>(data.data()) % 32;
    const Vector256 keys = repeat_256(rotate(key, done));
    for (; data.size() - done >= 128; done += 128) {
        const MaskedBlockAvx2 block{data.data() + done, keys};
        if (!block.is_ascii()) {
            break;
        }
        block.write(data.data() + done);
    }
    store_256(data.data(), first);
    return std::max(done, std::size_t{32});
}

#endif

/// The same with the best that the processor has; `data` is not short.
[[nodiscard]] inline std::size_t unmask_ascii(MutableBytesView data, MaskingKey key) noexcept {
#if WSPROTO_DETAIL_X86_64
    if (has_avx2()) {
        return unmask_ascii_avx2(data, key);
    }
#endif
    return unmask_ascii_pieces(data, key);
}

}  // namespace wsproto::detail

#endif
