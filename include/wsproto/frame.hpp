// What a WebSocket frame is (RFC 6455 §5.2): opcodes, reserved bits, headers, and how a header
// becomes bytes. Pure values; what a frame may say, and when, stands in detail/header_parser.hpp.
#ifndef WSPROTO_FRAME_HPP
#define WSPROTO_FRAME_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/masking_key.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wsproto {

using detail::MaskingKey;

/// RFC 6455 §5.2. Other values are reserved and never leave the parser.
enum class Opcode : std::uint8_t {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
};

/// Close, Ping and Pong: at most 125 bytes, never fragmented. RFC 6455 §5.5.
constexpr bool is_control(Opcode opcode) noexcept {
    return (static_cast<unsigned>(opcode) & 0x8U) != 0;
}

/// Whether the RFC defines it. RFC 6455 §5.2.
constexpr bool is_known(Opcode opcode) noexcept {
    return (static_cast<unsigned>(opcode) & 0x7U) <= 2 && static_cast<unsigned>(opcode) <= 0xA;
}

/// The name as the RFC spells it, for messages.
constexpr std::string_view to_string(Opcode opcode) noexcept {
    constexpr std::array<std::string_view, 11> names{
        "CONTINUATION", "TEXT", "BINARY", "", "", "", "", "", "CLOSE", "PING", "PONG"};
    return is_known(opcode) ? names[static_cast<std::size_t>(opcode)] : std::string_view{};
}

/// The three bits that extensions may claim. RFC 6455 §5.2.
struct RsvBits {
    bool rsv1 = false;
    bool rsv2 = false;
    bool rsv3 = false;

    [[nodiscard]] constexpr bool any() const noexcept { return rsv1 || rsv2 || rsv3; }

    friend constexpr bool operator==(RsvBits, RsvBits) noexcept = default;
    friend constexpr RsvBits operator|(RsvBits a, RsvBits b) noexcept {
        return {a.rsv1 || b.rsv1, a.rsv2 || b.rsv2, a.rsv3 || b.rsv3};
    }
    friend constexpr RsvBits operator&(RsvBits a, RsvBits b) noexcept {
        return {a.rsv1 && b.rsv1, a.rsv2 && b.rsv2, a.rsv3 && b.rsv3};
    }
};

/// A frame header in host terms.
struct FrameHeader {
    bool fin = true;
    RsvBits rsv{};
    Opcode opcode = Opcode::Text;
    std::uint64_t payload_length = 0;         ///< In bytes, below 2^63.
    std::optional<MaskingKey> masking_key{};  ///< Set on what a client sends.

    friend constexpr bool operator==(const FrameHeader&, const FrameHeader&) noexcept = default;
};

/// A frame, or the next piece of one.
struct Frame {
    Opcode opcode = Opcode::Continuation;  ///< Of the message: a continuation shows Text or Binary.
    BytesView payload{};                   ///< Unmasked; valid until the next call of its decoder.
    bool frame_finished = true;            ///< The frame ends with this piece.
    bool message_finished = true;          ///< So does the message; true for control frames.
};

/// One frame of a message to send.
struct OutgoingMessage {
    Opcode opcode = Opcode::Text;  ///< Text or Binary, on every frame.
    BytesView payload{};
    bool fin = true;       ///< The message ends here.
    bool compress = true;  ///< False keeps compression away. Read at the first frame.
};

/// What a decoder came to: it starves, it delivered, or the peer made a mistake.
enum class Progress : std::uint8_t { NeedMore, Ready, Failed };

inline constexpr std::size_t max_header_size = 14;       ///< In bytes. RFC 6455 §5.2.
inline constexpr std::size_t max_control_payload = 125;  ///< In bytes. RFC 6455 §5.5.

/// A header as bytes, 2 to 14 of them.
struct EncodedHeader {
    std::array<std::byte, max_header_size> bytes;
    std::size_t size;

    [[nodiscard]] constexpr BytesView view() const& noexcept { return {bytes.data(), size}; }
    void view() const&& = delete;
};

/// The size in bytes of the shortest header for such a payload, the only legal one. RFC 6455 §5.2.
constexpr std::size_t header_size(std::uint64_t payload_length, bool masked) noexcept {
    const std::size_t extended = payload_length <= 125 ? 0 : payload_length <= 0xFFFF ? 2 : 8;
    return 2 + extended + (masked ? 4 : 0);
}

namespace detail {

constexpr std::byte first_byte(const FrameHeader& header) noexcept {
    const auto bit = [](bool set, unsigned value) { return set ? value : 0U; };
    return static_cast<std::byte>(bit(header.fin, 0x80) | bit(header.rsv.rsv1, 0x40) |
                                  bit(header.rsv.rsv2, 0x20) | bit(header.rsv.rsv3, 0x10) |
                                  static_cast<unsigned>(header.opcode));
}

/// Writes a header with the shortest length form; returns its end. `key` is null if there is none.
constexpr std::byte* put_header(std::byte* to, std::byte first, std::uint64_t length,
                                const MaskingKey* key = nullptr) noexcept {
    const unsigned mask_bit = key != nullptr ? 0x80 : 0;
    const auto put_two_bytes = [&to](std::uint64_t number) {
        *to++ = static_cast<std::byte>(number >> 8);
        *to++ = static_cast<std::byte>(number);
    };
    *to++ = first;
    if (length <= 125) {
        *to++ = static_cast<std::byte>(mask_bit | static_cast<unsigned>(length));
    } else if (length <= 0xFFFF) {
        *to++ = static_cast<std::byte>(mask_bit | 126U);
        put_two_bytes(length);
    } else {
        *to++ = static_cast<std::byte>(mask_bit | 127U);
        put_two_bytes(length >> 48);
        put_two_bytes(length >> 32);
        put_two_bytes(length >> 16);
        put_two_bytes(length);
    }
    return key != nullptr ? std::copy(key->begin(), key->end(), to) : to;
}

}  // namespace detail

/// Writes the header with the shortest length form.
constexpr EncodedHeader encode_header(const FrameHeader& header) noexcept {
    EncodedHeader out{};
    const std::byte* const end =
        detail::put_header(out.bytes.data(), detail::first_byte(header), header.payload_length,
                           header.masking_key ? &*header.masking_key : nullptr);
    out.size = static_cast<std::size_t>(end - out.bytes.data());
    return out;
}

}  // namespace wsproto

#endif
