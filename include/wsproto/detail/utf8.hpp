// Validation of text that arrives in pieces, and the places where text may be cut.
// RFC 6455 §5.6 and §8.1, RFC 3629.
//
// A piece may end inside a code point; nothing of it is kept but a state. What a failure means for
// a connection is not known here.
#ifndef WSPROTO_DETAIL_UTF8_HPP
#define WSPROTO_DETAIL_UTF8_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/utf8_automaton.hpp>
#include <wsproto/detail/utf8_grammar.hpp>
#include <wsproto/detail/utf8_run.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsproto::detail {

/// Validates a text piece by piece, and fails at the first byte that cannot be part of valid text.
class Utf8Validator {
  public:
    /// Takes the next piece. In its result, a code point that an earlier piece began is complete
    /// with its last byte. After a failure every result is a failure.
    constexpr Utf8Result feed(BytesView piece) noexcept {
        return take(piece, utf8_run(state_, piece));
    }

    /// The same for a piece that somebody else has read, from `state()` to the state `after` it.
    constexpr Utf8Result take(BytesView piece, Utf8State after) noexcept {
        const Utf8State before = state_;
        state_ = static_cast<std::uint8_t>(after);
        if (after == utf8_failed) {
            pending_ = 0;
            return {.complete = complete_before_failure(before, piece), .valid = false};
        }
        return {.complete = piece.size() - count_pending(piece)};
    }

    [[nodiscard]] constexpr Utf8State state() const noexcept { return state_; }

    /// Whether what was fed is valid and ends with a whole code point.
    [[nodiscard]] constexpr bool at_boundary() const noexcept { return state_ == utf8_boundary; }

    /// How many bytes of an unfinished code point were fed, in this piece and before: 0 to 3.
    [[nodiscard]] constexpr std::size_t pending() const noexcept { return pending_; }

  private:
    /// Updates `pending_` behind a valid piece; returns how many of its bytes are pending.
    constexpr std::size_t count_pending(BytesView piece) noexcept {
        if (at_boundary()) {
            pending_ = 0;
            return 0;
        }
        const std::size_t tails = count_tails_at_end(piece);
        const bool begun_earlier = tails == piece.size();
        const std::size_t here = begun_earlier ? tails : tails + 1;
        pending_ = static_cast<std::uint8_t>(begun_earlier ? pending_ + here : here);
        return here;
    }

    /// Reads a piece that fails again: most of it as fast, what fails byte by byte.
    static constexpr std::size_t complete_before_failure(Utf8State state,
                                                         BytesView piece) noexcept {
        constexpr std::size_t stride = 256;
        std::size_t complete = 0;
        std::size_t at = 0;
        while (piece.size() - at > stride) {
            const Utf8State after = utf8_run(state, piece.subspan(at, stride));
            if (after == utf8_failed) {
                break;
            }
            state = after;
            at += stride;
            complete = at - (state == utf8_boundary ? 0 : count_tails_at_end(piece.first(at)) + 1);
        }
        for (; state != utf8_failed; ++at) {
            if (state == utf8_boundary) {
                complete = at;
            }
            state = utf8_step(state, piece[at]) % 64;
        }
        return complete;
    }

    std::uint8_t state_ = utf8_boundary;
    std::uint8_t pending_ = 0;
};

/// Whether the text is valid, and complete.
[[nodiscard]] constexpr bool is_valid_utf8(BytesView text) noexcept {
    return utf8_run(utf8_boundary, text) == utf8_boundary;
}

/// The largest size up to `limit` that a valid text can be cut to between two code points.
[[nodiscard]] constexpr std::size_t utf8_truncated_length(std::string_view valid_text,
                                                          std::size_t limit) noexcept {
    if (valid_text.size() <= limit) {
        return valid_text.size();
    }
    while (limit > 0 && utf8_tail.contains(static_cast<std::byte>(valid_text[limit]))) {
        --limit;
    }
    return limit;
}

}  // namespace wsproto::detail

#endif
