// The loop that validates UTF-8: a shift-based automaton, and the skipping of ASCII in front of it.
//
// A row for each byte; in it, for each state, six bits that are the next state; a state is the
// shift that brings its six bits down. So a step is a load and a shift, without a branch. Where in
// the text a failure is, and where a code point begins, is not known here.
#ifndef WSPROTO_DETAIL_UTF8_AUTOMATON_HPP
#define WSPROTO_DETAIL_UTF8_AUTOMATON_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/utf8_grammar.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace wsproto::detail {

/// 0 after a wrong byte; after the first byte of the n-th form of the grammar, six times n. The
/// first form has no second byte: behind it is a boundary.
using Utf8State = std::uint64_t;

inline constexpr Utf8State utf8_state_bits = 6;
inline constexpr Utf8State utf8_failed = 0;
inline constexpr Utf8State utf8_boundary = 1 * utf8_state_bits;

/// The state with 0, 1 or 2 tail bytes to come: the second and fourth form expect no others.
inline constexpr std::array<Utf8State, 3> utf8_tails_to_come = {utf8_boundary, 2 * utf8_state_bits,
                                                                4 * utf8_state_bits};

/// The automaton. What the grammar does not allow stays 0, which is failure.
inline constexpr std::array<std::uint64_t, 256> utf8_rows = [] {
    std::array<std::uint64_t, 256> rows{};
    Utf8State state = utf8_boundary;
    for (const Utf8Form& form : utf8_forms) {
        for (unsigned byte = form.first.low; byte <= form.first.high; ++byte) {
            rows[byte] |= state << utf8_boundary;
        }
        for (unsigned byte = form.second.low; byte <= form.second.high; ++byte) {
            rows[byte] |= utf8_tails_to_come[form.size - 2] << state;
        }
        state += utf8_state_bits;
    }
    return rows;
}();

/// The next state, in the low six bits; those above have no meaning.
[[nodiscard]] constexpr Utf8State utf8_step(Utf8State state, std::byte next) noexcept {
    return utf8_rows[std::to_integer<std::size_t>(next)] >> (state % 64);
}

/// The state after `text`; the other definition is compared with this one.
[[nodiscard]] constexpr Utf8State utf8_run_plain(Utf8State state, BytesView text) noexcept {
    for (const std::byte next : text) {
        state = utf8_step(state, next);
    }
    return state % 64;
}

[[nodiscard]] inline std::uint64_t load_8_bytes(const std::byte* from) noexcept {
    std::uint64_t word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// Whether `Size` bytes, 8 or 32, are ASCII.
template <std::size_t Size>
[[nodiscard]] inline bool is_ascii_block(const std::byte* block) noexcept {
    std::uint64_t any = load_8_bytes(block);
    if constexpr (Size == 32) {
        any |= load_8_bytes(block + 8) | load_8_bytes(block + 16) | load_8_bytes(block + 24);
    }
    return (any & 0x8080808080808080) == 0;
}

/// The state after the whole blocks at the front of `text`, which are taken off it.
template <std::size_t Size>
[[nodiscard]] inline Utf8State utf8_run_blocks(Utf8State state, BytesView& text) noexcept {
    for (; text.size() >= Size; text = text.subspan(Size)) {
        const std::byte* const block = text.data();
        if (state == utf8_boundary && is_ascii_block<Size>(block)) {
            continue;
        }
        for (std::size_t i = 0; i < Size; i += 4) {  // unrolled: -O2 does not
            state = utf8_step(state, block[i]);
            state = utf8_step(state, block[i + 1]);
            state = utf8_step(state, block[i + 2]);
            state = utf8_step(state, block[i + 3]);
        }
        state %= 64;
    }
    return state;
}

/// The state after `text`.
[[nodiscard]] constexpr Utf8State utf8_run(Utf8State state, BytesView text) noexcept {
    if (!std::is_constant_evaluated()) {
        state = utf8_run_blocks<32>(state, text);
        state = utf8_run_blocks<8>(state, text);
    }
    return utf8_run_plain(state, text);
}

}  // namespace wsproto::detail

#endif
