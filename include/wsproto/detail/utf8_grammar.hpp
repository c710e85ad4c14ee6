// What valid UTF-8 is, as the RFC's table, and its plain reading. RFC 3629 §4.
//
// Slow and obvious: the automaton is made from the table, and compared with the reading.
#ifndef WSPROTO_DETAIL_UTF8_GRAMMAR_HPP
#define WSPROTO_DETAIL_UTF8_GRAMMAR_HPP

#include <wsproto/bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace wsproto::detail {

/// A range of bytes, both ends in it.
struct ByteRange {
    unsigned low = 1;
    unsigned high = 0;

    [[nodiscard]] constexpr bool contains(std::byte byte) const noexcept {
        const auto value = std::to_integer<unsigned>(byte);
        return low <= value && value <= high;
    }
};

/// The bytes behind the first two of a code point.
inline constexpr ByteRange utf8_tail{0x80, 0xbf};

/// How many tails a text ends with; a valid one, with three at most.
[[nodiscard]] constexpr std::size_t count_tails_at_end(BytesView text) noexcept {
    std::size_t count = 0;
    while (count != text.size() && utf8_tail.contains(text[text.size() - 1 - count])) {
        ++count;
    }
    return count;
}

/// A rule of the grammar: how the code points of one form begin, and their size.
struct Utf8Form {
    ByteRange first{};
    ByteRange second{};
    std::size_t size = 0;
};

/// UTF8-char. RFC 3629 §4; the same as table 3-7 of the Unicode standard.
inline constexpr std::array utf8_forms = {
    Utf8Form{{0x00, 0x7f}, {}, 1},
    Utf8Form{{0xc2, 0xdf}, {0x80, 0xbf}, 2},  // C0 and C1 would be overlong
    Utf8Form{{0xe0, 0xe0}, {0xa0, 0xbf}, 3},  // 80..9F would be overlong
    Utf8Form{{0xe1, 0xec}, {0x80, 0xbf}, 3},
    Utf8Form{{0xed, 0xed}, {0x80, 0x9f}, 3},  // A0..BF would be surrogates
    Utf8Form{{0xee, 0xef}, {0x80, 0xbf}, 3},
    Utf8Form{{0xf0, 0xf0}, {0x90, 0xbf}, 4},  // 80..8F would be overlong
    Utf8Form{{0xf1, 0xf3}, {0x80, 0xbf}, 4},
    Utf8Form{{0xf4, 0xf4}, {0x80, 0x8f}, 4},  // 90..BF would be beyond U+10FFFF
};

/// What is known after a piece of text.
struct Utf8Result {
    /// The longest prefix of the piece that ends at a code point boundary; on failure, the end of
    /// the last code point before the first byte that cannot be part of valid text.
    std::size_t complete = 0;
    bool valid = true;

    friend constexpr bool operator==(const Utf8Result&, const Utf8Result&) = default;
};

/// The first code point of a text that is not empty; `complete` is its size, or 0.
[[nodiscard]] constexpr Utf8Result first_code_point_plain(BytesView text) noexcept {
    const auto form = std::find_if(utf8_forms.begin(), utf8_forms.end(), [&](const Utf8Form& rule) {
        return rule.first.contains(text[0]);
    });
    if (form == utf8_forms.end()) {
        return {.complete = 0, .valid = false};
    }
    for (std::size_t i = 1; i < std::min(form->size, text.size()); ++i) {
        if (!(i == 1 ? form->second : utf8_tail).contains(text[i])) {
            return {.complete = 0, .valid = false};
        }
    }
    return {.complete = text.size() < form->size ? 0 : form->size};
}

/// Reads a text code point by code point; a last one that is cut off is valid but not complete.
[[nodiscard]] constexpr Utf8Result utf8_plain(BytesView text) noexcept {
    std::size_t complete = 0;
    while (complete < text.size()) {
        const Utf8Result next = first_code_point_plain(text.subspan(complete));
        if (next.complete == 0) {
            return {.complete = complete, .valid = next.valid};
        }
        complete += next.complete;
    }
    return {.complete = complete};
}

}  // namespace wsproto::detail

#endif
