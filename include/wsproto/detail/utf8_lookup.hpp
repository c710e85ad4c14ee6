// The validation of UTF-8 with vectors of 16 bytes: SSSE3 or NEON.
//
// Every byte is looked at together with the three before it. Those are read once more, from one,
// two and three bytes further back, which is cheaper than to move bytes from vector to vector.
// Where in the text a mistake is, is not known here.
#ifndef WSPROTO_DETAIL_UTF8_LOOKUP_HPP
#define WSPROTO_DETAIL_UTF8_LOOKUP_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/pieces.hpp>
#include <wsproto/detail/utf8_automaton.hpp>
#include <wsproto/detail/utf8_pairs.hpp>

#include <cstddef>

// Deliberately a macro: an attribute cannot be a constant.
#if WSPROTO_DETAIL_X86_64
#define WSPROTO_DETAIL_LOOKUP_TARGET gnu::target("ssse3")
#elif WSPROTO_DETAIL_NEON
#define WSPROTO_DETAIL_LOOKUP_TARGET
#include <arm_neon.h>
#endif

#if WSPROTO_DETAIL_X86_64 || WSPROTO_DETAIL_NEON

namespace wsproto::detail {

inline constexpr std::size_t min_utf8_lookup = 16 + 3;

[[nodiscard, WSPROTO_DETAIL_LOOKUP_TARGET]] inline Vector128 look_up(const PairTable& table,
                                                                     Vector128 half) noexcept {
    const auto entries = load<Vector128>(table.data());
#if WSPROTO_DETAIL_X86_64
    using Chars = char __attribute__((vector_size(16)));
    return reinterpret_cast<Vector128>(
        __builtin_ia32_pshufb128(reinterpret_cast<Chars>(entries), reinterpret_cast<Chars>(half)));
#else
    return vqtbl1q_u8(entries, half);
#endif
}

/// For each of 16 bytes, its mistakes, or 0. Reads the three bytes before them, too.
[[nodiscard, WSPROTO_DETAIL_LOOKUP_TARGET]] inline Vector128 utf8_mistakes(
    const std::byte* at) noexcept {
    const auto here = load<Vector128>(at);
    const auto before = load<Vector128>(at - 1);
    const auto before2 = load<Vector128>(at - 2);
    const auto before3 = load<Vector128>(at - 3);
    const Vector128 pairs = look_up(wrong_pair_tables.first_upper, before >> 4) &
                            look_up(wrong_pair_tables.first_lower, before & 15) &
                            look_up(wrong_pair_tables.second_upper, here >> 4);
    const Vector128 third = before2 & (before2 - third_byte_offset);
    const Vector128 fourth = before3 & (before3 - fourth_byte_offset);
    return pairs ^ ((third | fourth) & two_tails);
}

/// How many bytes at the front of a text, a multiple of 64, are ASCII.
[[nodiscard]] inline std::size_t count_ascii(const std::byte* text, std::size_t size) noexcept {
    std::size_t count = 0;
    for (; size - count >= 64; count += 64) {
        const std::byte* const at = text + count;
        if (!is_ascii(load<Vector128>(at) | load<Vector128>(at + 16) | load<Vector128>(at + 32) |
                      load<Vector128>(at + 48))) {
            break;
        }
    }
    return count;
}

/// The state after `text`, which has at least `min_utf8_lookup` bytes.
[[nodiscard, WSPROTO_DETAIL_LOOKUP_TARGET]] inline Utf8State utf8_run_lookup(
    Utf8State state, BytesView text) noexcept {
    if (utf8_run_plain(state, text.first(3)) == utf8_failed) {
        return utf8_failed;
    }
    const std::size_t last = text.size() - 16;
    Vector128 mistakes = utf8_mistakes(text.data() + last);
    for (std::size_t done = 3; done < last; done += 16) {
        const std::byte* const at = text.data() + done;
        if (is_ascii(load<Vector128>(at) | load<Vector128>(at - 3))) {
            done += count_ascii(at + 16, last - done);
        } else {
            mistakes |= utf8_mistakes(at);
        }
    }
    const bool valid = is_ascii(reinterpret_cast<Vector128>(mistakes != 0));
    return valid ? utf8_state_at_end(text) : utf8_failed;
}

}  // namespace wsproto::detail

#undef WSPROTO_DETAIL_LOOKUP_TARGET

#endif

#endif
