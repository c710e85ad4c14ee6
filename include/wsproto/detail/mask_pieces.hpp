// The loop that masks payloads that are not short, with the vectors of every x86-64 and arm64, or
// with words.
#ifndef WSPROTO_DETAIL_MASK_PIECES_HPP
#define WSPROTO_DETAIL_MASK_PIECES_HPP

#include <wsproto/detail/masking_key.hpp>
#include <wsproto/detail/pieces.hpp>

#include <cstddef>

namespace wsproto::detail {

/// Four masked pieces.
template <typename Piece>
struct MaskedBlock {
    Piece a, b, c, d;

    MaskedBlock(const std::byte* in, Piece key) noexcept
        : a{load<Piece>(in) ^ key},
          b{load<Piece>(in + sizeof(Piece)) ^ key},
          c{load<Piece>(in + 2 * sizeof(Piece)) ^ key},
          d{load<Piece>(in + 3 * sizeof(Piece)) ^ key} {}

    [[nodiscard]] bool is_ascii() const noexcept { return detail::is_ascii(a | b | c | d); }

    void write(std::byte* out) const noexcept {
        store(out, a);
        store(out + sizeof(Piece), b);
        store(out + 2 * sizeof(Piece), c);
        store(out + 3 * sizeof(Piece), d);
    }
};

/// Writes the masked `in` to `out`, which is `in` or does not overlap it; `size` is 64 or more.
///
/// The last block is read first, because the one before may overlap it.
template <typename Piece = LongestPiece>
inline void mask_pieces(std::byte* out, const std::byte* in, std::size_t size,
                        MaskingKey key) noexcept {
    constexpr std::size_t block_size = 4 * sizeof(Piece);
    const std::size_t last = size - block_size;
    const MaskedBlock<Piece> last_block{in + last, repeat<Piece>(rotate(key, size))};
    const auto keys = repeat<Piece>(key);
    for (std::size_t at = 0; at < last; at += block_size) {
        MaskedBlock<Piece>{in + at, keys}.write(out + at);
    }
    last_block.write(out + last);
}

}  // namespace wsproto::detail

#endif
