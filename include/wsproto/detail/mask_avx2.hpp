// The loop that masks payloads that are not short, where the processor has AVX2.
#ifndef WSPROTO_DETAIL_MASK_AVX2_HPP
#define WSPROTO_DETAIL_MASK_AVX2_HPP

#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/masking_key.hpp>
#include <wsproto/detail/vector_256.hpp>

#include <cstddef>
#include <cstdint>

#if WSPROTO_DETAIL_X86_64

namespace wsproto::detail {

/// 128 masked bytes.
struct MaskedBlockAvx2 {
    Vector256 a, b, c, d;

    [[gnu::target("avx2")]] MaskedBlockAvx2(const std::byte* in, Vector256 key) noexcept
        : a{load_256(in) ^ key},
          b{load_256(in + 32) ^ key},
          c{load_256(in + 64) ^ key},
          d{load_256(in + 96) ^ key} {}

    [[nodiscard, gnu::target("avx2")]] bool is_ascii() const noexcept {
        return is_ascii_256(a | b | c | d);
    }

    [[gnu::target("avx2")]] void write(std::byte* out) const noexcept {
        store_256(out, a);
        store_256(out + 32, b);
        store_256(out + 64, c);
        store_256(out + 96, d);
    }
};

/// Writes the masked `in` to `out`, which is `in` or does not overlap it; `size` is 128 or more.
///
/// Most blocks are written at multiples of 32, in half the time that crossing lines of the cache
/// would take. The first vector and the last block, which others overlap, are read before them and
/// written behind them.
[[gnu::target("avx2")]] inline void mask_avx2(std::byte* out, const std::byte* in, std::size_t size,
                                              MaskingKey key) noexcept {
    const std::size_t last_begins = size - 128;
    const MaskedBlockAvx2 last{in + last_begins, repeat_256(rotate(key, size))};
    const Vector256 first = load_256(in) ^ repeat_256(key);
    std::size_t at = 32 - reinterpret_cast<std::uintptr_t>(out) % 32;
    const Vector256 keys = repeat_256(rotate(key, at));
    for (; at < last_begins; at += 128) {
        MaskedBlockAvx2{in + at, keys}.write(out + at);
    }
    store_256(out, first);
    last.write(out + last_begins);
}

}  // namespace wsproto::detail

#endif

#endif
