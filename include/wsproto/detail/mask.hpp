// The XOR of a payload with its masking key. RFC 6455 §5.3.
//
// What masking means, and the choice of who does it: short payloads are masked at once, others by
// the best loop that the processor has. Where keys come from is not known here.
#ifndef WSPROTO_DETAIL_MASK_HPP
#define WSPROTO_DETAIL_MASK_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/mask_avx2.hpp>
#include <wsproto/detail/mask_pieces.hpp>
#include <wsproto/detail/masking_key.hpp>
#include <wsproto/detail/pieces.hpp>
#include <wsproto/detail/short_payload.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace wsproto::detail {

/// What masking means; the other definitions are compared with this one.
constexpr void mask_copy_plain(std::byte* out, BytesView in, MaskingKey key) noexcept {
    for (std::size_t i = 0; i < in.size(); ++i) {
        out[i] = in[i] ^ key[i % 4];
    }
}

constexpr void mask_in_place_plain(MutableBytesView data, MaskingKey key) noexcept {
    mask_copy_plain(data.data(), data, key);
}

/// Writes the masked `in` to `out`, which is `in` or does not overlap it; not a short payload.
#if defined(__GNUC__)
[[gnu::noinline]]  // lest GCC warn of short arrays, which never come here
#endif
inline void
mask_long(std::byte* out, const std::byte* in, std::size_t size, MaskingKey key) noexcept {
#if WSPROTO_DETAIL_X86_64
    if (has_avx2()) {
        mask_avx2(out, in, size, key);
        return;
    }
#endif
    mask_pieces(out, in, size, key);
}

/// Writes the masked `in` to `out`, which has room for it and is `in` or does not overlap it.
constexpr void mask_copy(std::byte* out, BytesView in, MaskingKey key) noexcept {
    if (std::is_constant_evaluated()) {
        mask_copy_plain(out, in, key);
    } else if (in.size() <= max_short_payload) {
        mask_short(out, in.data(), in.size(), key);
    } else {
        mask_long(out, in.data(), in.size(), key);
    }
}

/// Masks, or unmasks, `data`; not a byte outside it is touched.
constexpr void mask_in_place(MutableBytesView data, MaskingKey key) noexcept {
    mask_copy(data.data(), data, key);
}

/// How many bytes behind a payload let it be masked as a word, however short it is.
inline constexpr std::size_t mask_slack = sizeof(std::uint64_t);

/// The bits of the first bytes of a word; less than all of them.
[[nodiscard]] constexpr std::uint64_t first_bytes(std::size_t count) noexcept {
    const std::uint64_t beyond = ~std::uint64_t{0};
    const auto bits = static_cast<int>(8 * count);
    return std::endian::native == std::endian::little ? ~(beyond << bits) : ~(beyond >> bits);
}

/// Masks `data` as `mask_in_place` does, where at least `mask_slack` bytes behind it may be read,
/// and rewritten unchanged.
inline void mask_in_place_slack(MutableBytesView data, MaskingKey key) noexcept {
    using Word = std::uint64_t;
    if (data.size() < sizeof(Word)) {
        const Word keys = repeat<Word>(key) & first_bytes(data.size());
        store(data.data(), load<Word>(data.data()) ^ keys);
    } else {
        mask_in_place(data, key);
    }
}

}  // namespace wsproto::detail

#endif
