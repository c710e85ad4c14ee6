// The character classes of HTTP fields, and comparison in any case. RFC 9110 §5.
//
// What every head is full of is done four or eight characters at a time. Only ASCII has case here,
// whatever the locale. Which field is what is not known here.
#ifndef WSPROTO_DETAIL_ASCII_HPP
#define WSPROTO_DETAIL_ASCII_HPP

#include <wsproto/detail/pieces.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace wsproto::detail {

[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Eight characters, or fewer and zeros.
using AsciiWord = std::uint64_t;

/// Eight times the same character.
[[nodiscard]] constexpr AsciiWord each_byte(unsigned char c) noexcept {
    return 0x0101010101010101 * AsciiWord{c};
}

[[nodiscard]] constexpr AsciiWord word_to_lower(AsciiWord word) noexcept {
    const AsciiWord low_bits = word & each_byte(0x7f);
    const AsciiWord from_a = low_bits + each_byte(0x80 - 'A');
    const AsciiWord beyond_z = low_bits + each_byte(0x80 - 'Z' - 1);
    return word | (from_a & ~beyond_z & ~word & each_byte(0x80)) >> 2;
}

/// Turns the letters of a text, of one `Word` at least, into lower case, where it lies.
template <typename Word>
void make_words_lower(char* text, std::size_t size) noexcept {
    const auto lower_word = [&](std::size_t at) {
        store(text + at, static_cast<Word>(word_to_lower(load<Word>(text + at))));
    };
    const std::size_t last = size - sizeof(Word);
    for (std::size_t at = 0; at < last; at += sizeof(Word)) {
        lower_word(at);
    }
    lower_word(last);  // what it overlaps is in lower case by now, and stays so
}

/// Turns the letters of a text into lower case, where it lies.
inline void make_lower(char* text, std::size_t size) noexcept {
    if (size >= sizeof(std::uint64_t)) {
        make_words_lower<std::uint64_t>(text, size);
    } else if (size >= sizeof(std::uint32_t)) {
        make_words_lower<std::uint32_t>(text, size);
    } else {
        std::transform(text, text + size, text, [](char c) { return to_lower(c); });
    }
}

/// Whether a text, of one `Word` at least, is `lower` but for case; both have the same size.
template <typename Word>
[[nodiscard]] bool words_match(const char* text, std::string_view lower) noexcept {
    // Of letters, digits and hyphens, the letters alone have the bit 0x40; 0x20 is their case.
    const auto difference_at = [&](std::size_t at) {
        const auto expected = load<Word>(lower.data() + at);
        return (load<Word>(text + at) ^ expected) & ~((expected & each_byte(0x40)) >> 1);
    };
    const std::size_t last = lower.size() - sizeof(Word);  // may overlap the one before it
    AsciiWord difference = difference_at(last);
    for (std::size_t at = 0; at < last; at += sizeof(Word)) {
        difference |= difference_at(at);
    }
    return difference == 0;
}

/// Whether the text is `lower`, which is of small letters, digits and hyphens, in any case.
[[nodiscard]] constexpr bool is_in_any_case(std::string_view text,
                                            std::string_view lower) noexcept {
    if (text.size() != lower.size()) return false;
    if (!std::is_constant_evaluated() && text.size() >= sizeof(std::uint32_t)) {
        return text.size() < sizeof(std::uint64_t) ? words_match<std::uint32_t>(text.data(), lower)
                                                   : words_match<std::uint64_t>(text.data(), lower);
    }
    return std::equal(text.begin(), text.end(), lower.begin(),
                      [](char x, char y) { return to_lower(x) == y; });
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
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_token_char(c); });
}

/// VCHAR: no space, no control, nothing beyond ASCII. RFC 5234 B.1.
[[nodiscard]] constexpr bool is_visible_char(char c) noexcept {
    return c >= 0x21 && c <= 0x7e;
}

/// Only VCHAR, and at least one.
[[nodiscard]] constexpr bool is_visible_ascii(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_visible_char(c); });
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

/// OWS. RFC 9110 §5.6.3.
[[nodiscard]] constexpr bool is_white_space(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// The text without the white space at its ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    std::size_t begin = 0;
    std::size_t end = text.size();
    while (begin != end && is_white_space(text[begin])) {
        ++begin;
    }
    while (end != begin && is_white_space(text[end - 1])) {
        --end;
    }
    return {text.data() + begin, end - begin};
}

}  // namespace wsproto::detail

#endif
