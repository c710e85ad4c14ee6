// The payload of a message that lies whole in the input: unmasked, looked through for ASCII, and
// validated where it is text, for as little as one vector of either. RFC 6455 §5.3, §8.1.
//
// Where the message begins and ends, and what a failure means, is not known here.
#ifndef WSPROTO_DETAIL_WHOLE_PAYLOAD_HPP
#define WSPROTO_DETAIL_WHOLE_PAYLOAD_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/mask.hpp>
#include <wsproto/detail/masking_key.hpp>
#include <wsproto/detail/pieces.hpp>
#include <wsproto/detail/short_payload.hpp>
#include <wsproto/detail/unmask_text.hpp>
#include <wsproto/detail/utf8_automaton.hpp>
#include <wsproto/detail/utf8_run.hpp>
#include <wsproto/frame.hpp>

#include <array>
#include <cstddef>

namespace wsproto::detail {

/// How many bytes from the front of a payload on let it be unmasked as a piece, however short.
inline constexpr std::size_t padded_size = sizeof(LongestPiece);

/// As many ones as zeros: what a payload has, and what is behind it.
inline constexpr auto padding_lanes = [] {
    std::array<std::byte, 2 * padded_size> lanes{};
    for (std::size_t i = 0; i < padded_size; ++i) {
        lanes[i] = std::byte{0xff};
    }
    return lanes;
}();

/// Unmasks `size` bytes at `data`, up to `padded_size`; returns whether they are ASCII.
///
/// `padded_size` bytes are read and written; those behind the payload do not change.
[[nodiscard]] inline bool unmask_padded(std::byte* data, std::size_t size,
                                        MaskingKey key) noexcept {
    const auto lanes = load<LongestPiece>(padding_lanes.data() + padded_size - size);
    const auto unmasked = load<LongestPiece>(data) ^ (repeat<LongestPiece>(key) & lanes);
    store(data, unmasked);
    return is_ascii(unmasked & lanes);
}

/// Unmasks `payload`; false if it is a text and not valid.
///
/// `behind` bytes behind it may be read, and rewritten unchanged.
[[nodiscard]] inline bool unmask_whole(MutableBytesView payload, MaskingKey key, std::size_t behind,
                                       Opcode opcode) noexcept {
    const std::size_t size = payload.size();
    const bool is_text = opcode == Opcode::Text;
    if (size <= padded_size && size + behind >= padded_size) [[likely]] {
        const bool is_ascii = unmask_padded(payload.data(), size, key);
        return !is_text || is_ascii || utf8_run_any(utf8_boundary, payload) == utf8_boundary;
    }
    if (!is_text) {
        mask_in_place(payload, key);
        return true;
    }
    return utf8_boundary == (size <= max_short_payload
                                 ? unmask_and_run_short(payload, key)
                                 : unmask_and_run(utf8_boundary, payload, key));
}

}  // namespace wsproto::detail

#endif
