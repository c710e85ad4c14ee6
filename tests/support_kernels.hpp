// What the tests of the loops over payloads share: bytes that differ from their neighbours, every
// size and alignment, and a comparison with the plain definition of masking.
#ifndef WSPROTO_TESTS_SUPPORT_KERNELS_HPP
#define WSPROTO_TESTS_SUPPORT_KERNELS_HPP

#include "catch.hpp"

#include <wsproto/bytes.hpp>
#include <wsproto/detail/mask.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace support {

using wsproto::Bytes;
using wsproto::BytesView;
using wsproto::MutableBytesView;
using wsproto::detail::MaskingKey;

inline constexpr std::size_t max_size = 300;
inline constexpr std::size_t cache_line = 64;

/// The key of RFC 6455 §5.7.
inline constexpr MaskingKey example_key{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21},
                                        std::byte{0x3d}};

/// Bytes that differ from their neighbours.
inline Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>(i * 167 + 13);
    }
    return bytes;
}

inline Bytes masked_plain(BytesView in, MaskingKey key = example_key) {
    Bytes out(in.size());
    wsproto::detail::mask_copy_plain(out.data(), in, key);
    return out;
}

/// `front`, then `data`, then nothing: what is read behind it, the sanitizer sees.
inline Bytes at_end_of_buffer(std::size_t front, BytesView data) {
    Bytes buffer(front + data.size());
    const auto place = std::fill_n(buffer.begin(), front, std::byte{0xee});
    std::copy(data.begin(), data.end(), place);
    return buffer;
}

/// Whether the processor has what a test needs; where it has not, the output says so.
inline bool can_test(bool has, std::string_view what) {
    if (!has) {
        WARN("skipped: this processor has no " << what);
    }
    return has;
}

/// Calls `check(size, offset)` for sizes from `min_size` on, and every place in a cache line.
template <typename Check>
void for_each_size_and_offset(std::size_t min_size, Check check) {
    for (std::size_t size = min_size; size <= max_size; ++size) {
        for (std::size_t offset = 0; offset < cache_line; ++offset) {
            check(size, offset);
        }
    }
}

/// The same with every rotation of the key, as when it is split by what came before.
template <typename Check>
void for_each_size_offset_and_key(std::size_t min_size, Check check) {
    for_each_size_and_offset(min_size, [&](std::size_t size, std::size_t offset) {
        for (std::size_t split = 0; split < example_key.size(); ++split) {
            check(size, offset, wsproto::detail::rotate(example_key, split));
        }
    });
}

/// How often `mask(out, in, size, key)` is not the plain definition, or writes elsewhere, when it
/// masks in place.
template <typename Mask>
int count_wrong_in_place(std::size_t min_size, Mask mask) {
    int wrong = 0;
    for_each_size_offset_and_key(min_size, [&](std::size_t size, std::size_t offset,
                                               MaskingKey key) {
        const Bytes data = pattern(size);
        Bytes exact = at_end_of_buffer(offset, data);
        mask(exact.data() + offset, exact.data() + offset, size, key);
        wrong += exact != at_end_of_buffer(offset, masked_plain(data, key));

        Bytes roomy = pattern(offset + size + cache_line);
        Bytes expected = roomy;
        wsproto::detail::mask_in_place_plain(MutableBytesView{expected}.subspan(offset, size), key);
        mask(roomy.data() + offset, roomy.data() + offset, size, key);
        wrong += roomy != expected;
    });
    return wrong;
}

/// The same when it masks from one buffer to another.
template <typename Mask>
int count_wrong_copies(std::size_t min_size, Mask mask) {
    int wrong = 0;
    for_each_size_offset_and_key(
        min_size, [&](std::size_t size, std::size_t offset, MaskingKey key) {
            const Bytes data = pattern(size);
            const Bytes in = at_end_of_buffer(offset, data);
            const std::size_t out_offset = (offset * 5 + size) % cache_line;
            Bytes out(out_offset + size + cache_line, std::byte{0xdd});
            Bytes expected = out;
            const Bytes masked = masked_plain(data, key);
            std::copy(masked.begin(), masked.end(),
                      expected.begin() + static_cast<std::ptrdiff_t>(out_offset));
            mask(out.data() + out_offset, in.data() + offset, size, key);
            wrong += out != expected || in != at_end_of_buffer(offset, data);
        });
    return wrong;
}

}  // namespace support

#endif
