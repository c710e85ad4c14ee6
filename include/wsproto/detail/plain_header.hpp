// The headers that nearly all frames have, read in one look: of an unfragmented message without
// reserved bits, of less than 64 KiB. RFC 6455 §5.2.
//
// For all others, and for what is wrong with a header, there is `parse_header`.
#ifndef WSPROTO_DETAIL_PLAIN_HEADER_HPP
#define WSPROTO_DETAIL_PLAIN_HEADER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/header_parser.hpp>
#include <wsproto/frame.hpp>

#include <cstddef>
#include <cstdint>

namespace wsproto::detail {

struct PlainHeader {
    std::size_t size = 0;  ///< With the key, which may be cut; 0 for any other header.
    std::size_t payload_size = 0;
    Opcode opcode = Opcode::Binary;
};

/// The bit of a header's second byte that says whether there is a key.
inline constexpr std::uint8_t masked_bit = 0x80;

/// Reads the header at the front of `in`; `mask_bit` is `masked_bit` where there must be a key,
/// else 0.
[[nodiscard, gnu::always_inline]] constexpr PlainHeader parse_plain_header(
    BytesView in, std::uint8_t mask_bit) noexcept {
    if (in.size() < 2) {
        return {};
    }
    const unsigned first = byte_at(in, 0);
    const unsigned second = byte_at(in, 1) ^ mask_bit;
    PlainHeader header{.size = std::size_t{2} + (mask_bit >> 5U),
                       .payload_size = second,
                       .opcode = static_cast<Opcode>(first & 0xF)};
    if (second >= 126) {
        if (second != 126 || in.size() < 4) {
            return {};
        }
        header.payload_size = byte_at(in, 2) << 8 | byte_at(in, 3);
        header.size += 2;
        if (header.payload_size < 126) {
            return {};
        }
    }
    return first - 0x81U < 2 ? header : PlainHeader{};
}

}  // namespace wsproto::detail

#endif
