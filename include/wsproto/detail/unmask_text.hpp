// Unmasking and validating text in one go, for what arrives masked. RFC 6455 §5.3, §8.1.
//
// While the text is ASCII, it is unmasked and looked through in registers. The rest is unmasked
// and read again in strips that stay in the first cache: validation moves back by single bytes,
// which memory does better than registers. What a failure means is not known here.
#ifndef WSPROTO_DETAIL_UNMASK_TEXT_HPP
#define WSPROTO_DETAIL_UNMASK_TEXT_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/mask.hpp>
#include <wsproto/detail/masking_key.hpp>
#include <wsproto/detail/short_payload.hpp>
#include <wsproto/detail/unmask_ascii.hpp>
#include <wsproto/detail/utf8.hpp>
#include <wsproto/detail/utf8_automaton.hpp>
#include <wsproto/detail/utf8_grammar.hpp>
#include <wsproto/detail/utf8_run.hpp>

#include <algorithm>
#include <cstddef>

namespace wsproto::detail {

/// How much is unmasked before it is read again.
inline constexpr std::size_t unmasked_strip = 16'384;

/// Unmasks a short piece that begins at a boundary, and returns the state after it.
[[nodiscard]] inline Utf8State unmask_and_run_short(MutableBytesView data,
                                                    MaskingKey key) noexcept {
    return unmask_short(data, key) ? utf8_boundary : utf8_run_any(utf8_boundary, data);
}

/// Unmasks `data` and returns the state after it. It is all unmasked even where that is a failure.
[[nodiscard]] inline Utf8State unmask_and_run(Utf8State state, MutableBytesView data,
                                              MaskingKey key) noexcept {
    const auto advance = [&](std::size_t size) {
        data = data.subspan(size);
        key = rotate(key, size);
    };
    while (data.size() > max_short_payload && state != utf8_failed) {
        const std::size_t ascii = state == utf8_boundary ? unmask_ascii(data, key) : 0;
        if (ascii == 0) {
            const MutableBytesView strip = data.first(std::min(data.size(), unmasked_strip));
            mask_in_place(strip, key);
            state = utf8_run_any(state, strip);
            advance(strip.size());
        } else {
            advance(ascii);
        }
    }
    if (state == utf8_boundary) {
        return unmask_and_run_short(data, key);
    }
    mask_in_place(data, key);
    return utf8_run_any(state, data);
}

/// Unmasks the next piece of a text; then the same as `validator.feed(data)`.
inline Utf8Result unmask_and_validate(MutableBytesView data, MaskingKey key,
                                      Utf8Validator& validator) noexcept {
    const bool is_short = data.size() <= max_short_payload && validator.at_boundary();
    return validator.take(data, is_short ? unmask_and_run_short(data, key)
                                         : unmask_and_run(validator.state(), data, key));
}

}  // namespace wsproto::detail

#endif
