// How far characters of one class reach from the front of a text: what a head mostly consists of,
// looked at sixteen at a time where the processor can. RFC 9110 §5, RFC 9112 §3.
//
// What stands between the runs is not known here.
#ifndef WSPROTO_DETAIL_HEAD_RUN_HPP
#define WSPROTO_DETAIL_HEAD_RUN_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/pieces.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsproto::detail {

#if WSPROTO_DETAIL_X86_64 || WSPROTO_DETAIL_NEON

/// Whether any of sixteen truth values, all bits set or none, is true: its highest bit is set then.
template <typename Truths>
[[nodiscard]] inline bool is_any_true(Truths truths) noexcept {
    return !is_ascii(reinterpret_cast<Vector128>(truths));
}

/// The index of the first that is true; there is one.
template <typename Truths>
[[nodiscard]] inline std::size_t first_true(Truths truths) noexcept {
#if WSPROTO_DETAIL_X86_64
    using Chars = char __attribute__((vector_size(16)));
    const int bits = __builtin_ia32_pmovmskb128(reinterpret_cast<Chars>(truths));
    return static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(bits)));
#else
    using Words = std::uint64_t __attribute__((vector_size(16)));
    const auto words = reinterpret_cast<Words>(truths);
    const int bits = words[0] != 0 ? std::countr_zero(words[0]) : 64 + std::countr_zero(words[1]);
    return static_cast<std::size_t>(bits) / 8;
#endif
}

#endif

/// How many characters stand in front of the first that `ends` the run; that is asked for one, and
/// for a vector of them.
template <typename Ends>
[[nodiscard]] inline std::size_t count_run(std::string_view text, Ends ends) noexcept {
    std::size_t at = 0;
#if WSPROTO_DETAIL_X86_64 || WSPROTO_DETAIL_NEON
    const std::size_t in_vectors = text.size() - text.size() % sizeof(Vector128);
    for (; at != in_vectors; at += sizeof(Vector128)) {
        const auto ending = ends(load<Vector128>(text.data() + at));
        if (is_any_true(ending)) return at + first_true(ending);
    }
#endif
    while (at != text.size() && !ends(static_cast<unsigned char>(text[at]))) {
        ++at;
    }
    return at;
}

/// Spaces, VCHAR and obs-text: no controls, not even tabs.
[[nodiscard]] inline std::size_t count_printable(std::string_view text) noexcept {
    return count_run(text, [](auto c) { return (c <= 0x1f) | (c == 0x7f); });
}

/// VCHAR.
[[nodiscard]] inline std::size_t count_visible(std::string_view text) noexcept {
    return count_run(text,
                     [](auto c) { return (static_cast<decltype(c)>(c - '!') <= '~' - '!') == 0; });
}

/// tchar. Most names are but letters and hyphens.
[[nodiscard]] inline std::size_t count_token_chars(std::string_view text) noexcept {
    std::size_t at = count_run(text, [](auto c) {
        const auto letter = static_cast<decltype(c)>((c | 0x20) - 'a');
        return ((letter <= 25) | (c == '-')) == 0;
    });
    while (at != text.size() && is_token_char(text[at])) {
        ++at;
    }
    return at;
}

}  // namespace wsproto::detail

#endif
