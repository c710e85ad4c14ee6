// What a received frame header may say, byte by byte (RFC 6455 §5.2, §5.4, §5.5): a pure function
// of the header's first bytes and of the rules that hold at that point of the connection. Each byte
// is judged when it is there, so that the same bytes give the same complaint however they are cut.
#ifndef WSPROTO_DETAIL_HEADER_PARSER_HPP
#define WSPROTO_DETAIL_HEADER_PARSER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/frame.hpp>

#include <cstddef>
#include <cstdint>

namespace wsproto::detail {

/// What is allowed in the next header.
struct HeaderRules {
    ConnectionType role = ConnectionType::Server;  ///< Ours; the peer is the other.
    RsvBits claimed{};                             ///< Reserved bits that extensions own.
    bool in_message = false;                       ///< A message is unfinished.
    bool transformed = false;                      ///< An extension changes this message's length.
    RsvBits transforming{};                        ///< Bits that make an extension do so.
    std::uint64_t frame_room = 0;                  ///< Payload bytes that the frame may have.
    std::uint64_t message_room = 0;  ///< Payload bytes that the message may still have.
    bool fragments_left = true;      ///< The message may have one more frame.
};

/// The outcome: `size` is 0 while more bytes are needed.
struct ParsedHeader {
    FrameHeader header{};
    std::size_t size = 0;
    Error error = Error::None;
};

constexpr unsigned byte_at(BytesView bytes, std::size_t index) noexcept {
    return std::to_integer<unsigned>(bytes[index]);
}

constexpr RsvBits rsv_of(unsigned first) noexcept {
    return {(first & 0x40) != 0, (first & 0x20) != 0, (first & 0x10) != 0};
}

constexpr Error check_first_byte(unsigned first, const HeaderRules& rules) noexcept {
    const auto opcode = static_cast<Opcode>(first & 0xF);
    if (!is_known(opcode)) {
        return Error::InvalidOpcode;
    }
    if (is_control(opcode) && (first & 0x80) == 0) {
        return Error::FragmentedControlFrame;
    }
    if (const RsvBits set = rsv_of(first); (set & rules.claimed) != set) {
        return Error::UnexpectedReservedBit;
    }
    if (is_control(opcode)) {
        return Error::None;
    }
    if (rules.in_message != (opcode == Opcode::Continuation)) {
        return rules.in_message ? Error::ExpectedContinuation : Error::UnexpectedContinuation;
    }
    return Error::None;
}

constexpr Error check_second_byte(unsigned first, unsigned second,
                                  const HeaderRules& rules) noexcept {
    const bool masked = (second & 0x80) != 0;
    if (masked && rules.role == ConnectionType::Client) {
        return Error::UnexpectedMaskedFrame;
    }
    if (!masked && rules.role == ConnectionType::Server) {
        return Error::UnexpectedUnmaskedFrame;
    }
    if (is_control(static_cast<Opcode>(first & 0xF)) && (second & 0x7F) > max_control_payload) {
        return Error::ControlFrameTooLong;
    }
    return Error::None;
}

/// Judges `length` so far, made of the first `have` of `bytes` bytes.
constexpr Error check_length_form(std::uint64_t length, std::size_t have,
                                  std::size_t bytes) noexcept {
    if (bytes == 2 && have == 2 && length <= 125) {
        return Error::LengthUsedTwoBytes;
    }
    if (bytes == 8 && have >= 1 && (length >> (8 * have - 1)) != 0) {
        return Error::LengthTopBitSet;
    }
    if (bytes == 8 && have >= 6 && (length >> (8 * (have - 6))) == 0) {
        return Error::LengthUsedEightBytes;
    }
    return Error::None;
}

constexpr Error check_limits(const FrameHeader& header, const HeaderRules& rules) noexcept {
    if (is_control(header.opcode)) {
        return Error::None;
    }
    if (header.payload_length > rules.frame_room) {
        return Error::FrameTooBig;
    }
    const bool transformed = rules.transformed || (header.rsv & rules.transforming).any();
    if (!transformed && header.payload_length > rules.message_room) {
        return Error::MessageTooBig;
    }
    return rules.fragments_left ? Error::None : Error::TooManyFragments;
}

/// The key that a masked header ends with.
constexpr MaskingKey masking_key_of(BytesView header) noexcept {
    const BytesView key = header.last(sizeof(MaskingKey));
    return {key[0], key[1], key[2], key[3]};
}

/// Reads the header at the front of `prefix`, or finds the first byte that must not be there.
constexpr ParsedHeader parse_header(BytesView prefix, const HeaderRules& rules) noexcept {
    ParsedHeader parsed{};
    if (prefix.empty()) {
        return parsed;
    }
    const unsigned first = byte_at(prefix, 0);
    parsed.header.opcode = static_cast<Opcode>(first & 0xF);
    parsed.header.fin = (first & 0x80) != 0;
    parsed.header.rsv = rsv_of(first);
    parsed.error = check_first_byte(first, rules);
    if (parsed.error != Error::None || prefix.size() < 2) {
        return parsed;
    }
    const unsigned second = byte_at(prefix, 1);
    parsed.error = check_second_byte(first, second, rules);
    if (parsed.error != Error::None) {
        return parsed;
    }
    const std::size_t bytes = (second & 0x7F) == 126 ? 2 : (second & 0x7F) == 127 ? 8 : 0;
    std::uint64_t length = bytes == 0 ? second & 0x7F : 0;
    const std::size_t have = prefix.size() - 2 < bytes ? prefix.size() - 2 : bytes;
    for (std::size_t index = 0; index != have; ++index) {
        length = length << 8 | byte_at(prefix, 2 + index);
        parsed.error = check_length_form(length, index + 1, bytes);
        if (parsed.error != Error::None) {
            return parsed;
        }
    }
    if (have < bytes) {
        return parsed;
    }
    parsed.header.payload_length = length;
    parsed.error = check_limits(parsed.header, rules);
    const bool masked = (second & 0x80) != 0;
    const std::size_t size = 2 + bytes + (masked ? 4 : 0);
    if (parsed.error != Error::None || prefix.size() < size) {
        return parsed;
    }
    if (masked) {
        parsed.header.masking_key = masking_key_of(prefix.first(size));
    }
    parsed.size = size;
    return parsed;
}

}  // namespace wsproto::detail

#endif
