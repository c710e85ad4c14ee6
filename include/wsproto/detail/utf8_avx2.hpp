// The validation of UTF-8 with AVX2.
//
// Every byte is looked at together with the three before it. Those are read once more, from one,
// two and three bytes further back, which is cheaper than to move bytes from vector to vector.
// Where in the text a mistake is, is not known here.
#ifndef WSPROTO_DETAIL_UTF8_AVX2_HPP
#define WSPROTO_DETAIL_UTF8_AVX2_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/utf8_automaton.hpp>
#include <wsproto/detail/utf8_pairs.hpp>
#include <wsproto/detail/vector_256.hpp>

#include <cstddef>

#if WSPROTO_DETAIL_X86_64

namespace wsproto::detail {

inline constexpr std::size_t min_utf8_avx2 = 32 + 3;

[[nodiscard, gnu::target("avx2")]] inline Vector256 look_up_256(const PairTable& table,
                                                                Vector256 half) noexcept {
    using Chars = char __attribute__((vector_size(32)));
    return reinterpret_cast<Vector256>(__builtin_ia32_pshufb256(
        reinterpret_cast<Chars>(load_256(table.data())), reinterpret_cast<Chars>(half)));
}

/// For each of 32 bytes, its mistakes, or 0. Reads the three bytes before them, too.
[[nodiscard, gnu::target("avx2")]] inline Vector256 utf8_mistakes_256(
    const std::byte* at) noexcept {
    const Vector256 here = load_256(at);
    const Vector256 before = load_256(at - 1);
    const Vector256 before2 = load_256(at - 2);
    const Vector256 before3 = load_256(at - 3);
    const Vector256 pairs = look_up_256(wrong_pair_tables.first_upper, before >> 4) &
                            look_up_256(wrong_pair_tables.first_lower, before & 15) &
                            look_up_256(wrong_pair_tables.second_upper, here >> 4);
    const Vector256 third = before2 & (before2 - third_byte_offset);
    const Vector256 fourth = before3 & (before3 - fourth_byte_offset);
    return pairs ^ ((third | fourth) & two_tails);
}

/// How many bytes at the front of a text, a multiple of 128, are ASCII.
[[nodiscard, gnu::target("avx2")]] inline std::size_t count_ascii_256(const std::byte* text,
                                                                      std::size_t size) noexcept {
    std::size_t count = 0;
    for (; size - count >= 128; count += 128) {
        const std::byte* const at = text + count;
        if (!is_ascii_256(load_256(at) | load_256(at + 32) | load_256(at + 64) |
                          load_256(at + 96))) {
            break;
        }
    }
    return count;
}

/// The state after `text`, which has at least `min_utf8_avx2` bytes.
[[nodiscard, gnu::target("avx2")]] inline Utf8State utf8_run_avx2(Utf8State state,
                                                                  BytesView text) noexcept {
    if (utf8_run_plain(state, text.first(3)) == utf8_failed) {
        return utf8_failed;
    }
    const std::size_t last = text.size() - 32;
    Vector256 mistakes = utf8_mistakes_256(text.data() + last);
    for (std::size_t done = 3; done < last; done += 32) {
        const std::byte* const at = text.data() + done;
        if (is_ascii_256(load_256(at) | load_256(at - 3))) {
            done += count_ascii_256(at + 32, last - done);
        } else {
            mistakes |= utf8_mistakes_256(at);
        }
    }
    const bool valid = is_ascii_256(reinterpret_cast<Vector256>(mistakes != 0));
    return valid ? utf8_state_at_end(text) : utf8_failed;
}

}  // namespace wsproto::detail

#endif

#endif
