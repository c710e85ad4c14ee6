// How far characters of one class reach from the front of a text: what a head mostly consists of,
// looked at sixteen at a time where the processor can. RFC 9110 §5, RFC 9112 §3.
//
// What stands between the runs is not known here.
#ifndef WSPROTO_DETAIL_HEAD_RUN_HPP
#define WSPROTO_DETAIL_HEAD_RUN_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/pieces.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsproto::detail {

#if WSPROTO_DETAIL_X86_64 || WSPROTO_DETAIL_NEON

/// How many of sixteen truth values, all bits set or none, are true before the first that is not.
template <typename Truths>
[[nodiscard]] inline std::size_t count_true(Truths truths) noexcept {
#if WSPROTO_DETAIL_X86_64
    using Chars = char __attribute__((vector_size(16)));
    const int bits = __builtin_ia32_pmovmskb128(reinterpret_cast<Chars>(truths));
    return static_cast<std::size_t>(std::countr_one(static_cast<unsigned>(bits)));
#else
    using Words = std::uint64_t __attribute__((vector_size(16)));
    const auto words = reinterpret_cast<Words>(truths);
    const int bits = std::countr_one(words[0]);
    return static_cast<std::size_t>(bits < 64 ? bits : 64 + std::countr_one(words[1])) / 8;
#endif
}

#endif

/// How many characters at the front are `legal`, which is asked for one, and for a vector of them.
template <typename Legal>
[[nodiscard]] inline std::size_t count_run(std::string_view text, Legal legal) noexcept {
    std::size_t at = 0;
#if WSPROTO_DETAIL_X86_64 || WSPROTO_DETAIL_NEON
    for (; text.size() - at >= sizeof(Vector128); at += sizeof(Vector128)) {
        const auto chars = load<Vector128>(as_bytes(text).data() + at);
        const std::size_t count = count_true(legal(chars));
        if (count != sizeof(Vector128)) return at + count;
    }
#endif
    while (at != text.size() && legal(static_cast<unsigned char>(text[at]))) {
        ++at;
    }
    return at;
}

/// Spaces, VCHAR and obs-text: no controls, not even tabs.
[[nodiscard]] inline std::size_t count_printable(std::string_view text) noexcept {
    return count_run(text, [](auto c) { return (c >= 0x20) & (c != 0x7f); });
}

/// VCHAR.
[[nodiscard]] inline std::size_t count_visible(std::string_view text) noexcept {
    return count_run(text, [](auto c) { return (c >= 0x21) & (c <= 0x7e); });
}

/// tchar. Most names are but letters and hyphens.
[[nodiscard]] inline std::size_t count_token_chars(std::string_view text) noexcept {
    std::size_t at = count_run(
        text, [](auto c) { return (((c | 0x20) >= 'a') & ((c | 0x20) <= 'z')) | (c == '-'); });
    while (at != text.size() && is_token_char(text[at])) {
        ++at;
    }
    return at;
}

}  // namespace wsproto::detail

#endif
