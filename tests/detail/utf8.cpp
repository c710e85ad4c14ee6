#include <wsproto/detail/utf8.hpp>

#include "catch.hpp"

#include "support_text.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;
using namespace std::string_view_literals;

namespace {

static_assert(sizeof(Utf8Validator) <= 8);

constexpr std::array euro_a{std::byte{0xe2}, std::byte{0x82}, std::byte{0xac}, std::byte{'a'}};

constexpr Utf8Result fed_in_two(std::size_t split) {
    Utf8Validator validator;
    validator.feed(BytesView{euro_a}.first(split));
    return validator.feed(BytesView{euro_a}.subspan(split));
}
static_assert(fed_in_two(0) == Utf8Result{.complete = 4});
static_assert(fed_in_two(2) == Utf8Result{.complete = 2});
static_assert(is_valid_utf8(euro_a) && !is_valid_utf8(BytesView{euro_a}.first(2)));
static_assert(utf8_truncated_length("a\u20ac", 3) == 1);

/// The place of the first byte that cannot be part of valid text, or the size of the text.
std::size_t failing_place(std::string_view text) {
    Utf8Validator validator;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!validator.feed(as_bytes(text.substr(at, 1))).valid) {
            return at;
        }
    }
    return text.size();
}

/// What a validator says of a text that it gets in two pieces, as if it were one.
Utf8Result feed_in_two(BytesView text, std::size_t split) {
    Utf8Validator validator;
    const Utf8Result first = validator.feed(text.first(split));
    if (!first.valid) {
        return first;
    }
    const Utf8Result second = validator.feed(text.subspan(split));
    const bool none = second.complete == 0;
    return {.complete = none ? first.complete : split + second.complete, .valid = second.valid};
}

}  // namespace

TEST_CASE("every code point is pending until its last byte makes it complete") {
    Utf8Validator validator;
    int wrong = 0;
    for_each_code_point([&](std::uint32_t /*code_point*/, std::string_view text) {
        for (std::size_t at = 0; at < text.size(); ++at) {
            const bool last = at + 1 == text.size();
            const Utf8Result result = validator.feed(as_bytes({&text[at], 1}));
            wrong += result != Utf8Result{.complete = last ? 1U : 0U};
            wrong += validator.at_boundary() != last;
            wrong += validator.pending() != (last ? 0 : at + 1);
        }
    });
    CHECK(wrong == 0);
}

TEST_CASE("every surrogate fails at its second byte") {
    for (std::uint32_t surrogate = 0xd800; surrogate <= 0xdfff; ++surrogate) {
        CAPTURE(surrogate);
        CHECK(failing_place(utf8_of(surrogate)) == 1);
    }
}

TEST_CASE("a wrong sequence fails at the first byte that cannot be part of valid text") {
    const auto [text, place] = GENERATE(table<std::string_view, std::size_t>({
        {"\x80", 0},  // a tail without a first byte
        {"\xbf", 0},
        {"a\x80", 1},
        {"\xc0\x80", 0},  // overlong
        {"\xc1\xbf", 0},
        {"\xe0\x80\x80", 1},
        {"\xe0\x9f\xbf", 1},
        {"\xf0\x80\x80\x80", 1},
        {"\xf0\x8f\xbf\xbf", 1},
        {"\xed\xa0\x80", 1},  // a surrogate
        {"\xed\xbf\xbf", 1},
        {"\xf4\x90\x80\x80", 1},  // beyond U+10FFFF
        {"\xf5", 0},
        {"\xf8\x88\x80\x80\x80", 0},  // more than four bytes
        {"\xfe", 0},
        {"\xff", 0},
        {"\xc3(", 1},  // cut short
        {"\xe2\x82(", 2},
        {"\xe2(\xa1", 1},
        {"\xf0\x9f\x98(", 3},
        {"\xf0\x9f\xf0\x9f", 2},
        {"\u00e9\x80", 2},  // a tail too many
        {"\U0001f600\x80", 4},
    }));
    CAPTURE(place);
    CHECK(failing_place(text) == place);
    CHECK_FALSE(is_valid_utf8(as_bytes(text)));
}

TEST_CASE("every mistake in every place of a long text is reported where the plain reading does") {
    int wrong = 0;
    for (const std::size_t size : {200U, 264U, 700U}) {
        for_each_event_in_text(
            size, [&](BytesView text) { wrong += Utf8Validator{}.feed(text) != utf8_plain(text); });
    }
    CHECK(wrong == 0);
}

TEST_CASE("a failure in the second piece is reported behind the last code point before it") {
    int wrong = 0;
    for_each_event_in_text(300, [&](BytesView text) {
        for (const std::size_t split : {1U, 2U, 3U, 31U, 299U}) {
            wrong += feed_in_two(text, split) != utf8_plain(text);
        }
    });
    CHECK(wrong == 0);
}

TEST_CASE("a piece that somebody else has read leaves the validator as one that it read itself") {
    std::mt19937 random{20240608};
    for (unsigned i = 0; i < 200; ++i) {
        std::string text = random_text(random, 300, i % 2 == 0 ? 0 : 50);
        text.resize(random() % 300);
        Utf8Validator feeding;
        Utf8Validator taking;
        const Utf8State after = utf8_run_plain(taking.state(), as_bytes(text));
        CHECK(feeding.feed(as_bytes(text)) == taking.take(as_bytes(text), after));
        CHECK(feeding.state() == taking.state());
        CHECK(feeding.pending() == taking.pending());
    }
}

TEST_CASE("every sequence of two bytes has the result of the plain reading") {
    for (unsigned pair = 0; pair < 0x10000; ++pair) {
        const std::array text{static_cast<std::byte>(pair >> 8), static_cast<std::byte>(pair)};
        if (Utf8Validator{}.feed(text) != utf8_plain(text)) {
            FAIL_CHECK("differs for " << pair);
        }
    }
}

TEST_CASE("random text has the result of the plain reading, cut wherever it may be") {
    const unsigned seed = 20240603;
    CAPTURE(seed);
    std::mt19937 random{seed};
    int wrong = 0;
    for (unsigned i = 0; i < 500; ++i) {
        std::string text = random_text(random, 300, i % 2 == 0 ? 0 : 40);
        text.resize(random() % 300);
        const Utf8Result expected = utf8_plain(as_bytes(text));
        for (std::size_t split = 0; split <= text.size(); ++split) {
            wrong += feed_in_two(as_bytes(text), split) != expected;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("text in pieces of every size is complete and pending as when it is whole") {
    std::mt19937 random{20240604};
    for (std::size_t piece_size = 1; piece_size <= 70; ++piece_size) {
        const std::string text = random_text(random, 500, 0) + "\U0001f600\U0001f600";
        const BytesView bytes = as_bytes(text);
        Utf8Validator validator;
        for (std::size_t at = 0; at < bytes.size(); at += piece_size) {
            const BytesView piece = bytes.subspan(at, std::min(piece_size, bytes.size() - at));
            const std::size_t end = at + piece.size();
            const std::size_t complete = utf8_plain(bytes.first(end)).complete;
            const Utf8Result result = validator.feed(piece);
            CHECK(result == Utf8Result{.complete = complete > at ? complete - at : 0});
            CHECK(validator.pending() == end - complete);
        }
        CHECK(validator.at_boundary());
    }
}

TEST_CASE("an empty piece changes nothing") {
    Utf8Validator validator;
    CHECK(validator.feed({}) == Utf8Result{});
    CHECK(validator.at_boundary());
    validator.feed(as_bytes("\xf0\x9f"));
    CHECK(validator.feed({}) == Utf8Result{});
    CHECK(validator.pending() == 2);
    CHECK(validator.feed(as_bytes("\x98\x80")) == Utf8Result{.complete = 2});
}

TEST_CASE("a validator that failed goes on failing") {
    Utf8Validator validator;
    validator.feed(as_bytes("a\xe2\xff"));
    CHECK(validator.feed(as_bytes("a")) == Utf8Result{.complete = 0, .valid = false});
    CHECK(validator.feed({}) == Utf8Result{.complete = 0, .valid = false});
    CHECK_FALSE(validator.at_boundary());
    CHECK(validator.pending() == 0);
}

TEST_CASE("a text is valid only if its last code point is whole") {
    CHECK(is_valid_utf8({}));
    CHECK(is_valid_utf8(as_bytes("\0"sv)));
    CHECK(is_valid_utf8(as_bytes("\u03ba\u1f79\u03c3\u03bc\u03b5")));
    CHECK_FALSE(is_valid_utf8(as_bytes("a\xc3")));
    CHECK_FALSE(is_valid_utf8(as_bytes("\xe2\x82")));
    CHECK_FALSE(is_valid_utf8(as_bytes("\xf0\x9f\x98")));
}

TEST_CASE("a text is truncated to whole code points, as many as fit") {
    const std::string text = "a\u00e9\u20ac\U0001f600z";
    const std::vector<std::size_t> boundaries = {0, 1, 3, 6, 10, 11};
    for (std::size_t limit = 0; limit <= 20; ++limit) {
        const auto above = std::upper_bound(boundaries.begin(), boundaries.end(), limit);
        CAPTURE(limit);
        CHECK(utf8_truncated_length(text, limit) == *(above - 1));
    }
    CHECK(utf8_truncated_length("", 5) == 0);
}
