// The character classes of HTTP fields, and comparison in any case. RFC 9110 §5.
//
// Only ASCII has case here, whatever the locale. Which field is what is not known here.
#ifndef WSPROTO_DETAIL_ASCII_HPP
#define WSPROTO_DETAIL_ASCII_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace wsproto::detail {

[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return to_lower(x) == to_lower(y);
           });
}

/// For every byte, whether it is a tchar. RFC 9110 §5.6.2.
inline constexpr std::array<bool, 256> token_chars = [] {
    std::array<bool, 256> chars{};
    for (const char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}) {
        chars[static_cast<unsigned char>(c)] = true;
    }
    return chars;
}();

[[nodiscard]] constexpr bool is_token_char(char c) noexcept {
    return token_chars[static_cast<unsigned char>(c)];
}

/// token: at least one tchar. RFC 9110 §5.6.2.
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// Only VCHAR, and at least one: no spaces, no controls, nothing beyond ASCII. RFC 5234 B.1.
[[nodiscard]] constexpr bool is_visible_ascii(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
}

/// field-value: tabs, spaces, VCHAR and obs-text, but no other control. RFC 9110 §5.5.
///
/// May be empty; white space at the ends, which is not part of a value, is let through.
[[nodiscard]] constexpr bool is_field_value(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

/// The text without the white space (OWS) at its ends. RFC 9110 §5.6.3.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
    const std::size_t last = text.find_last_not_of(" \t");
    return last == std::string_view::npos ? std::string_view{}
                                          : text.substr(first, last + 1 - first);
}

}  // namespace wsproto::detail

#endif
