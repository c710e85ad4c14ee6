// UTF-8 byte by byte: a shift-based automaton, and the skipping of ASCII in front of it.
//
// A row for each byte; in it, for each state, six bits that are the next state; a state is the
// shift that brings its six bits down. So a step is a load and a shift, without a branch. Where in
// the text a failure is, and where a code point begins, is not known here.
#ifndef WSPROTO_DETAIL_UTF8_AUTOMATON_HPP
#define WSPROTO_DETAIL_UTF8_AUTOMATON_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/pieces.hpp>
#include <wsproto/detail/utf8_grammar.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

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

/// Four steps: unrolled, because -O2 does not.
[[nodiscard]] constexpr Utf8State utf8_four_steps(Utf8State state, const std::byte* next) noexcept {
    state = utf8_step(state, next[0]);
    state = utf8_step(state, next[1]);
    state = utf8_step(state, next[2]);
    return utf8_step(state, next[3]);
}

inline constexpr std::size_t utf8_block_size = 32;

[[nodiscard]] inline bool is_ascii_block(const std::byte* block) noexcept {
    using Word = std::uint64_t;
    return is_ascii(load<Word>(block) | load<Word>(block + 8) | load<Word>(block + 16) |
                    load<Word>(block + 24));
}

/// The state after `text`, with what every processor has.
[[nodiscard]] inline Utf8State utf8_run_automaton(Utf8State state, BytesView text) noexcept {
    for (; text.size() >= utf8_block_size; text = text.subspan(utf8_block_size)) {
        if (state == utf8_boundary && is_ascii_block(text.data())) {
            continue;
        }
        for (std::size_t i = 0; i < utf8_block_size; i += 4) {
            state = utf8_four_steps(state, text.data() + i);
        }
        state %= 64;
    }
    for (; text.size() >= 4; text = text.subspan(4)) {
        state = utf8_four_steps(state, text.data());
    }
    return utf8_run_plain(state, text);
}

/// The state after a text of three bytes or more in which no mistake shows but perhaps in its last
/// byte.
[[nodiscard]] constexpr Utf8State utf8_state_at_end(BytesView text) noexcept {
    const std::size_t tails = count_tails_at_end(text);
    return tails == 3 ? utf8_boundary : utf8_run_plain(utf8_boundary, text.last(tails + 1));
}

}  // namespace wsproto::detail

#endif
