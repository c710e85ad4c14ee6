// A masking key, and what is left of it in the middle of a payload. RFC 6455 §5.3.
//
// Where keys come from is not known here.
#ifndef WSPROTO_DETAIL_MASKING_KEY_HPP
#define WSPROTO_DETAIL_MASKING_KEY_HPP

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace wsproto::detail {

/// Four bytes, in the order in which they stand on the wire.
using MaskingKey = std::array<std::byte, 4>;

/// The key for what follows after `offset` bytes of a payload.
[[nodiscard]] constexpr MaskingKey rotate(MaskingKey key, std::size_t offset) noexcept {
    const auto word = std::bit_cast<std::uint32_t>(key);
    const int bits = static_cast<int>(offset % 4) * 8;
    return std::bit_cast<MaskingKey>(
        std::endian::native == std::endian::little ? std::rotr(word, bits) : std::rotl(word, bits));
}

}  // namespace wsproto::detail

#endif
