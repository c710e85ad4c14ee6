// Base64 with padding, as far as the opening handshake needs it. RFC 4648 §4.
//
// Encoding, and a check of what a client may send as its key; nothing is ever decoded.
#ifndef WSPROTO_DETAIL_BASE64_HPP
#define WSPROTO_DETAIL_BASE64_HPP

#include <wsproto/bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wsproto::detail {

/// An array, because the copies of a literal that a view refers to differ between source files.
inline constexpr char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How many characters encode that many bytes.
[[nodiscard]] constexpr std::size_t base64_size(std::size_t bytes) noexcept {
    return (bytes + 2) / 3 * 4;
}

/// Writes 24 bits as four characters.
constexpr void encode_base64_group(char* out, std::uint32_t bits) noexcept {
    out[0] = base64_alphabet[bits >> 18 & 63];
    out[1] = base64_alphabet[bits >> 12 & 63];
    out[2] = base64_alphabet[bits >> 6 & 63];
    out[3] = base64_alphabet[bits & 63];
}

/// Writes `base64_size(in.size())` characters.
constexpr void encode_base64(char* out, BytesView in) noexcept {
    const auto byte = [&](std::size_t at) { return std::to_integer<std::uint32_t>(in[at]); };
    for (; in.size() >= 3; in = in.subspan(3), out += 4) {
        encode_base64_group(out, byte(0) << 16 | byte(1) << 8 | byte(2));
    }
    if (!in.empty()) {
        const bool two = in.size() == 2;
        encode_base64_group(out, byte(0) << 16 | (two ? byte(1) << 8 : 0));
        out[2] = two ? out[2] : '=';
        out[3] = '=';
    }
}

/// The text of a size that is known beforehand, without memory of its own.
template <std::size_t Size>
[[nodiscard]] constexpr std::array<char, base64_size(Size)> base64_array(
    const std::array<std::byte, Size>& bytes) noexcept {
    std::array<char, base64_size(Size)> text{};
    encode_base64(text.data(), bytes);
    return text;
}

[[nodiscard]] inline std::string base64_string(BytesView bytes) {
    std::string text(base64_size(bytes.size()), '\0');
    encode_base64(text.data(), bytes);
    return text;
}

/// For every character its value as a digit, 64 if it is none.
inline constexpr std::array<std::uint8_t, 256> base64_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(64);
    for (std::uint8_t value = 0; value < 64; ++value) {
        values[static_cast<unsigned char>(base64_alphabet[value])] = value;
    }
    return values;
}();

[[nodiscard]] constexpr std::uint8_t base64_value(char c) noexcept {
    return base64_values[static_cast<unsigned char>(c)];
}

/// Whether the text is what `base64_string` makes of some 16 bytes. RFC 6455 §4.1, item 7.
///
/// Deliberately stricter than many decoders: the four bits that 22 characters have beyond 128 must
/// be zero, and the padding must be there (RFC 4648 §3.2, §3.5).
[[nodiscard]] constexpr bool is_base64_of_16_bytes(std::string_view text) noexcept {
    constexpr std::size_t digits = 22;
    if (text.size() != base64_size(16) || text.substr(digits) != "==") {
        return false;
    }
    const bool only_digits = std::all_of(text.begin(), text.begin() + digits,
                                         [](char c) { return base64_value(c) < 64; });
    return only_digits && base64_value(text[digits - 1]) % 16 == 0;
}

}  // namespace wsproto::detail

#endif
