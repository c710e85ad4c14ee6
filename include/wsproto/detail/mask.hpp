// The XOR of a payload with its masking key. RFC 6455 §5.3.
//
// Everything here is a pure function of bytes, key and length; where a piece of a longer payload is
// masked, `rotate` makes the key of the next piece. Where keys come from is not known here.
#ifndef WSPROTO_DETAIL_MASK_HPP
#define WSPROTO_DETAIL_MASK_HPP

#include <wsproto/bytes.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace wsproto::detail {

/// Four bytes, in the order in which they stand on the wire.
using MaskingKey = std::array<std::byte, 4>;

/// Moves the first `offset % 4` bytes of a repeating pattern behind the others.
template <typename Word>
[[nodiscard]] constexpr Word rotate_bytes(Word word, std::size_t offset) noexcept {
    const int bits = static_cast<int>(offset % 4) * 8;
    return std::endian::native == std::endian::little ? std::rotr(word, bits)
                                                      : std::rotl(word, bits);
}

/// The key for what follows after `offset` bytes of a payload.
[[nodiscard]] constexpr MaskingKey rotate(MaskingKey key, std::size_t offset) noexcept {
    return std::bit_cast<MaskingKey>(rotate_bytes(std::bit_cast<std::uint32_t>(key), offset));
}

/// What masking means; the other definitions are compared with this one.
constexpr void mask_copy_plain(std::byte* out, BytesView in, MaskingKey key) noexcept {
    for (std::size_t i = 0; i < in.size(); ++i) {
        out[i] = in[i] ^ key[i % 4];
    }
}

constexpr void mask_in_place_plain(MutableBytesView data, MaskingKey key) noexcept {
    mask_copy_plain(data.data(), data, key);
}

template <typename Word>
[[nodiscard]] inline Word load_word(const std::byte* from) noexcept {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

template <typename Word>
inline void store_word(std::byte* to, Word word) noexcept {
    std::memcpy(to, &word, sizeof word);
}

/// Fewer than 8 bytes. All are read before one is written, so that the overlapping parts agree.
inline void mask_short(std::byte* out, const std::byte* in, std::size_t size,
                       MaskingKey key) noexcept {
    if (size >= 4) {
        const auto word = std::bit_cast<std::uint32_t>(key);
        const auto first = load_word<std::uint32_t>(in) ^ word;
        const auto last = load_word<std::uint32_t>(in + size - 4) ^ rotate_bytes(word, size);
        store_word(out, first);
        store_word(out + size - 4, last);
    } else if (size > 0) {
        const std::size_t middle = size / 2;
        const std::array masked{in[0] ^ key[0], in[middle] ^ key[middle],
                                in[size - 1] ^ key[size - 1]};
        out[0] = masked[0];
        out[middle] = masked[1];
        out[size - 1] = masked[2];
    }
}

/// Word by word; `out` is `in`, or does not overlap it. The last word is read before anything is
/// written, because it may overlap the one before it.
inline void mask_words(std::byte* out, const std::byte* in, std::size_t size,
                       MaskingKey key) noexcept {
    using Word = std::uint64_t;
    if (size < sizeof(Word)) {
        mask_short(out, in, size, key);
        return;
    }
    const Word word = std::bit_cast<Word>(std::array{key, key});
    const std::size_t tail = size - sizeof(Word);
    const Word last = load_word<Word>(in + tail) ^ rotate_bytes(word, tail);
    std::size_t done = 0;
    for (; size - done >= 4 * sizeof(Word); done += 4 * sizeof(Word)) {
        const Word w0 = load_word<Word>(in + done) ^ word;
        const Word w1 = load_word<Word>(in + done + 8) ^ word;
        const Word w2 = load_word<Word>(in + done + 16) ^ word;
        const Word w3 = load_word<Word>(in + done + 24) ^ word;
        store_word(out + done, w0);
        store_word(out + done + 8, w1);
        store_word(out + done + 16, w2);
        store_word(out + done + 24, w3);
    }
    for (; done < tail; done += sizeof(Word)) {
        store_word(out + done, load_word<Word>(in + done) ^ word);
    }
    store_word(out + tail, last);
}

/// Masks, or unmasks, `data`; not a byte outside it is touched.
constexpr void mask_in_place(MutableBytesView data, MaskingKey key) noexcept {
    if (std::is_constant_evaluated()) {
        mask_in_place_plain(data, key);
    } else {
        mask_words(data.data(), data.data(), data.size(), key);
    }
}

/// Writes the masked `in` to `out`, which has room for it and does not overlap it.
constexpr void mask_copy(std::byte* out, BytesView in, MaskingKey key) noexcept {
    if (std::is_constant_evaluated()) {
        mask_copy_plain(out, in, key);
    } else {
        mask_words(out, in.data(), in.size(), key);
    }
}

}  // namespace wsproto::detail

#endif
