// The state after a text: the choice of who reads it.
//
// Where in the text a failure is, and where a code point begins, is not known here.
#ifndef WSPROTO_DETAIL_UTF8_RUN_HPP
#define WSPROTO_DETAIL_UTF8_RUN_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/short_payload.hpp>
#include <wsproto/detail/utf8_automaton.hpp>
#include <wsproto/detail/utf8_avx2.hpp>
#include <wsproto/detail/utf8_lookup.hpp>

#include <type_traits>

namespace wsproto::detail {

/// The state after `text`, with the best that the processor has.
[[nodiscard]] inline Utf8State utf8_run_any(Utf8State state, BytesView text) noexcept {
#if WSPROTO_DETAIL_X86_64
    if (text.size() >= min_utf8_avx2 && has_avx2()) {
        return utf8_run_avx2(state, text);
    }
    if (text.size() >= min_utf8_lookup && has_ssse3()) {
        return utf8_run_lookup(state, text);
    }
#elif WSPROTO_DETAIL_NEON
    if (text.size() >= min_utf8_lookup) {
        return utf8_run_lookup(state, text);
    }
#endif
    return utf8_run_automaton(state, text);
}

/// The state after `text`.
[[nodiscard]] constexpr Utf8State utf8_run(Utf8State state, BytesView text) noexcept {
    if (std::is_constant_evaluated()) {
        return utf8_run_plain(state, text);
    }
    // Most texts are short, and of those most are ASCII.
    const bool at_boundary = state == utf8_boundary;
    if (at_boundary && text.size() <= max_short_payload && is_short_ascii(text)) {
        return state;
    }
    return utf8_run_any(state, text);
}

}  // namespace wsproto::detail

#endif
