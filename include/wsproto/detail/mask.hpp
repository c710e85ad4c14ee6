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
#include <wsproto/detail/short_payload.hpp>

#include <cstddef>
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
///
/// Not inline, lest GCC warn of short arrays, which never come here.
[[gnu::noinline]] inline void mask_long(std::byte* out, const std::byte* in, std::size_t size,
                                        MaskingKey key) noexcept {
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

}  // namespace wsproto::detail

#endif
