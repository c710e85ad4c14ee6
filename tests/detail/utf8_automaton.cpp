#include <wsproto/detail/utf8_automaton.hpp>

#include "catch.hpp"

#include "support_text.hpp"

#include <array>
#include <random>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

constexpr std::array euro{std::byte{0xe2}, std::byte{0x82}, std::byte{0xac}};
static_assert(utf8_run_plain(utf8_boundary, euro) == utf8_boundary);
static_assert(utf8_run_plain(utf8_boundary, BytesView{euro}.first(2)) == utf8_tails_to_come[1]);
static_assert(utf8_run_plain(utf8_boundary, BytesView{euro}.last(2)) == utf8_failed);
static_assert(utf8_state_at_end(euro) == utf8_boundary);

/// Whether the automaton and the grammar think the same of a text.
bool agree(BytesView text) {
    const Utf8State state = utf8_run_automaton(utf8_boundary, text);
    const Utf8Result plain = utf8_plain(text);
    return (state != utf8_failed) == plain.valid &&
           (state == utf8_boundary) == (plain.valid && plain.complete == text.size());
}

}  // namespace

TEST_CASE("the automaton and the grammar agree on every sequence of two and three bytes") {
    int disagreements = 0;
    for_each_sequence([&](BytesView text) { disagreements += !agree(text); });
    CHECK(disagreements == 0);
}

TEST_CASE("the automaton and the grammar agree on every code point, whole and cut off") {
    int disagreements = 0;
    for_each_code_point([&](std::uint32_t /*code_point*/, std::string_view text) {
        disagreements += !agree(as_bytes(text));
    });
    for_each_truncated_sequence([&](BytesView text) { disagreements += !agree(text); });
    CHECK(disagreements == 0);
}

TEST_CASE("a failure lasts") {
    for (unsigned byte = 0; byte < 256; ++byte) {
        CHECK(utf8_step(utf8_failed, static_cast<std::byte>(byte)) % 64 == utf8_failed);
    }
}

TEST_CASE("no state is lost: a run is the plain run at every size, start and alignment") {
    std::mt19937 random{20240601};
    const std::string text = random_text(random, 200, 0);
    int wrong = 0;
    for (std::size_t begin = 0; begin < 40; ++begin) {
        for (std::size_t size = 0; begin + size <= text.size(); ++size) {
            const BytesView piece = as_bytes(text).subspan(begin, size);
            const Utf8State state = utf8_run_automaton(utf8_boundary, as_bytes(text).first(begin));
            wrong += state == utf8_failed;
            wrong += utf8_run_automaton(state, piece) != utf8_run_plain(state, piece);
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("a run is the plain run on random texts, right and wrong ones") {
    const unsigned seed = 20240602;
    CAPTURE(seed);
    std::mt19937 random{seed};
    std::array<int, 2> seen{};
    int wrong = 0;
    for (unsigned i = 0; i < 5000; ++i) {
        std::string text = random_text(random, 150, i % 2 == 0 ? 0 : 20);
        text.resize(random() % 150);
        const Utf8State state = utf8_run_automaton(utf8_boundary, as_bytes(text));
        wrong += state != utf8_run_plain(utf8_boundary, as_bytes(text));
        wrong += !agree(as_bytes(text));
        ++seen[state == utf8_failed];
    }
    CHECK(wrong == 0);
    CHECK(seen[false] > 500);
    CHECK(seen[true] > 500);
}

TEST_CASE("the state at the end of a text is that of the whole run, however the text ends") {
    for (const std::string_view end :
         {"a", "\u00e9", "\u20ac", "\U0001f600", "\xc3", "\xe0", "\xe2", "\xed", "\xe2\x82", "\xf0",
          "\xf1", "\xf4", "\xf0\x9f", "\xf0\x9f\x98", "\xc0", "\xf5", "\xff"}) {
        const std::string text = "abc" + std::string{end};
        CHECK(utf8_state_at_end(as_bytes(text)) == utf8_run_plain(utf8_boundary, as_bytes(text)));
    }
}

TEST_CASE("a tail too many, or too few, is noticed in every place of a block") {
    int missed = 0;
    for (std::size_t size = 1; size <= 150; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            std::string text(size, 'a');
            text[place] = '\x80';
            missed += utf8_run_automaton(utf8_boundary, as_bytes(text)) != utf8_failed;
            text[place] = '\xc3';
            const bool last = place + 1 == size;
            const Utf8State expected = last ? utf8_tails_to_come[1] : utf8_failed;
            missed += utf8_run_automaton(utf8_boundary, as_bytes(text)) != expected;
        }
    }
    CHECK(missed == 0);
}
