// What the tests of UTF-8 share: texts with every kind of mistake in every place, every sequence of
// bytes that matters, every code point, and the comparison of a loop with the plain run.
#ifndef WSPROTO_TESTS_SUPPORT_TEXT_HPP
#define WSPROTO_TESTS_SUPPORT_TEXT_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/utf8_automaton.hpp>
#include <wsproto/detail/utf8_grammar.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace support {

using wsproto::as_bytes;
using wsproto::Bytes;
using wsproto::BytesView;
using wsproto::detail::utf8_boundary;
using wsproto::detail::utf8_run_plain;
using wsproto::detail::Utf8State;

/// The UTF-8 of a number up to 0x1fffff; of surrogates, and of what is too large, too.
inline std::string utf8_of(std::uint32_t code_point) {
    const auto tail = [&](int shift) {
        return static_cast<char>(0x80 | (code_point >> shift & 0x3f));
    };
    const auto first = [&](std::uint32_t mark, int shift) {
        return static_cast<char>(mark | code_point >> shift);
    };
    if (code_point < 0x80) {
        return {first(0, 0)};
    }
    if (code_point < 0x800) {
        return {first(0xc0, 6), tail(0)};
    }
    if (code_point < 0x10000) {
        return {first(0xe0, 12), tail(6), tail(0)};
    }
    return {first(0xf0, 18), tail(12), tail(6), tail(0)};
}

/// Calls `check(code_point, text)` for all that are not surrogates.
template <typename Check>
void for_each_code_point(Check check) {
    for (std::uint32_t code_point = 0; code_point <= 0x10ffff; ++code_point) {
        if (code_point == 0xd800) {
            code_point = 0xe000;
        }
        check(code_point, utf8_of(code_point));
    }
}

/// What may stand in a text.
inline constexpr std::array<std::string_view, 26> text_events = {
    "\x80",  // tails without a first byte
    "\xbf\xbf",
    "\xc0\xaf",  // overlong
    "\xc1\xbf",
    "\xe0\x80\xaf",
    "\xe0\x9f\xbf",
    "\xf0\x80\x80\xaf",
    "\xf0\x8f\xbf\xbf",
    "\xed\xa0\x80",  // surrogates
    "\xed\xbf\xbf",
    "\xf4\x90\x80\x80",  // beyond U+10FFFF
    "\xf5\x80\x80\x80",
    "\xf5",
    "\xf8\x88\x80\x80\x80",
    "\xff",
    "\xc3z",  // cut short
    "\xe2z",
    "\xe2\x82z",
    "\xf0\x9f\x98z",
    "\xf0\x9f\xf0\x9f",
    "\u00e9\x80",  // a tail too many
    "\u20ac\x80",
    "\U0001f600\x80",
    "\u00e9",  // nothing wrong
    "\ud7ff\ue000",
    "\U00010000\U0010ffff",
};

/// Calls `check(text)` with every event in every place of texts of `size` bytes and its own.
template <typename Check>
void for_each_event_in_text(std::size_t size, Check check) {
    for (const std::string_view filling : {"a", "\u00e9", "\u20ac", "\U0001f600"}) {
        std::string valid;
        while (valid.size() < size) {
            valid += filling;
        }
        for (std::size_t place = 0; place <= valid.size(); place += filling.size()) {
            for (const std::string_view event : text_events) {
                std::string text = valid;
                text.insert(place, event);
                check(as_bytes(text));
            }
        }
    }
}

/// Calls `check(sequence)` with every sequence of two and of three bytes, valid or not. Of ASCII,
/// but for the last byte, three bytes stand for all.
template <typename Check>
void for_each_sequence(Check check) {
    std::array<std::byte, 3> sequence{};
    const auto for_each_byte = [](bool last, std::byte& place, auto then) {
        for (unsigned next = 0; next < 256; ++next) {
            if (last || next == 0x00 || next == 'A' || next >= 0x7f) {
                place = static_cast<std::byte>(next);
                then();
            }
        }
    };
    for_each_byte(false, sequence[0], [&] {
        for_each_byte(true, sequence[1], [&] { check(BytesView{sequence}.first(2)); });
        for_each_byte(false, sequence[1], [&] {
            for_each_byte(true, sequence[2], [&] { check(BytesView{sequence}); });
        });
    });
}

/// Calls `check(sequence)` with what is left of every code point whose last bytes are cut off.
template <typename Check>
void for_each_truncated_sequence(Check check) {
    std::array<std::string, 4> seen;
    for_each_code_point([&](std::uint32_t /*code_point*/, std::string_view text) {
        for (std::size_t size = 1; size < text.size(); ++size) {
            if (seen[size] != text.substr(0, size)) {
                seen[size] = text.substr(0, size);
                check(as_bytes(seen[size]));
            }
        }
    });
}

/// Valid text of all kinds, of at least `size` bytes; or with a byte of anything now and then,
/// about once in so many pieces.
inline std::string random_text(std::mt19937& random, std::size_t size, unsigned one_wrong_in) {
    constexpr std::array<std::string_view, 9> pieces = {"a",
                                                        "plain old text",
                                                        "\u00e9",
                                                        "\u20ac\u65e5",
                                                        "\ud7ff\ue000",
                                                        "\U0001f600",
                                                        "\u0800",
                                                        "\U0010ffff",
                                                        "an ASCII text of some forty characters"};
    std::string text;
    while (text.size() < size) {
        text += pieces[random() % pieces.size()];
        if (one_wrong_in > 0 && random() % one_wrong_in == 0) {
            text.back() = static_cast<char>(random() % 256);
        }
    }
    return text;
}

/// How often `run(state, text)` differs from the plain run.
template <typename Run>
class RunComparison {
  public:
    /// `run` takes texts of at least `min_size` bytes; others are left out.
    RunComparison(std::size_t min_size, Run run) : min_size_{min_size}, run_{run} {}

    /// From a buffer without a byte too many, so that the sanitizer sees what is read around it.
    void compare(BytesView text, Utf8State state = utf8_boundary) {
        if (text.size() >= min_size_) {
            if (exact_.size() != text.size()) {
                exact_ = Bytes(text.size());
            }
            std::copy(text.begin(), text.end(), exact_.begin());
            wrong_ += run_(state, exact_) != utf8_run_plain(state, text);
        }
    }

    /// With so many bytes in front, and as many behind as `run` demands.
    void compare_padded(std::size_t front, BytesView text) {
        padded_.assign(front, std::byte{'a'});
        padded_.insert(padded_.end(), text.begin(), text.end());
        padded_.resize(std::max(padded_.size(), min_size_), std::byte{'z'});
        compare(padded_);
    }

    [[nodiscard]] std::size_t min_size() const noexcept { return min_size_; }
    [[nodiscard]] int wrong() const noexcept { return wrong_; }

  private:
    std::size_t min_size_;
    Run run_;
    Bytes exact_;
    Bytes padded_;
    int wrong_ = 0;
};

/// Every event in every place of texts that are several blocks long.
template <typename Run>
int count_wrong_on_events(std::size_t min_size, Run run) {
    RunComparison comparison{min_size, run};
    for_each_event_in_text(264, [&](BytesView text) { comparison.compare(text); });
    return comparison.wrong();
}

/// Every sequence of two bytes in every place; every one of three bytes at the front, where vectors
/// meet, or at the end.
template <typename Run>
int count_wrong_on_sequences(std::size_t min_size, Run run) {
    RunComparison comparison{min_size, run};
    std::size_t turn = 0;
    for_each_sequence([&](BytesView sequence) {
        if (sequence.size() == 2) {
            for (std::size_t front = 0; front <= min_size; ++front) {
                comparison.compare_padded(front, sequence);
            }
        } else {
            const std::array fronts = {std::size_t{0}, std::size_t{1}, min_size - 3, min_size - 2,
                                       min_size - 1};
            comparison.compare_padded(fronts[turn++ % fronts.size()], sequence);
        }
    });
    return comparison.wrong();
}

/// Every code point that is cut off: by the end of the text, by ASCII, and by another one.
template <typename Run>
int count_wrong_on_truncated_sequences(std::size_t min_size, Run run) {
    RunComparison comparison{min_size, run};
    for_each_truncated_sequence([&](BytesView sequence) {
        comparison.compare_padded(min_size, sequence);
        comparison.compare_padded(0, sequence);
        Bytes two(sequence.begin(), sequence.end());
        two.insert(two.end(), {std::byte{0xc3}, std::byte{0xa9}});
        comparison.compare_padded(min_size - 1, two);
    });
    return comparison.wrong();
}

/// All code points one behind the other, in pieces of every size, from state to state.
template <typename Run>
int count_wrong_on_code_points(std::size_t min_size, Run run) {
    RunComparison comparison{min_size, run};
    Bytes piece;
    std::size_t size = min_size;
    Utf8State state = utf8_boundary;
    for_each_code_point([&](std::uint32_t /*code_point*/, std::string_view text) {
        const BytesView bytes = as_bytes(text);
        piece.insert(piece.end(), bytes.begin(), bytes.end());
        if (piece.size() >= size) {
            const BytesView now = BytesView{piece}.first(size);
            comparison.compare(now, state);
            state = utf8_run_plain(state, now);
            piece.erase(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size));
            size = size < 300 ? size + 1 : min_size;
        }
    });
    return comparison.wrong();
}

/// Texts of every size, from every state on, cut off anywhere.
template <typename Run>
int count_wrong_on_sizes(std::size_t min_size, Run run) {
    RunComparison comparison{min_size, run};
    std::mt19937 random{20240605};
    const std::string text = random_text(random, 400, 0);
    const BytesView bytes = as_bytes(text);
    for (std::size_t begin = 0; begin < 64; ++begin) {
        for (std::size_t size = min_size; size <= 300; ++size) {
            const Utf8State before = utf8_run_plain(utf8_boundary, bytes.first(begin));
            const Utf8State any = (begin + size) % 10 * wsproto::detail::utf8_state_bits;
            comparison.compare(bytes.subspan(begin, size), before);
            comparison.compare(bytes.subspan(begin, size), any);
        }
    }
    return comparison.wrong();
}

/// Random texts, right and wrong ones.
template <typename Run>
int count_wrong_on_random_texts(std::size_t min_size, Run run) {
    RunComparison comparison{min_size, run};
    std::mt19937 random{20240606};
    for (unsigned i = 0; i < 5000; ++i) {
        const unsigned one_wrong_in = i % 2 == 0 ? 0 : 30;
        const std::size_t size = min_size + random() % 400;
        const std::string text = random_text(random, size, one_wrong_in);
        comparison.compare(as_bytes(text).first(size));
    }
    return comparison.wrong();
}

}  // namespace support

#endif
