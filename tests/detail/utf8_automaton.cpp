#include <wsproto/detail/utf8_automaton.hpp>

#include "catch.hpp"

#include <array>
#include <random>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

constexpr std::array euro{std::byte{0xe2}, std::byte{0x82}, std::byte{0xac}};
static_assert(utf8_run(utf8_boundary, euro) == utf8_boundary);
static_assert(utf8_run(utf8_boundary, BytesView{euro}.first(2)) == utf8_tails_to_come[1]);
static_assert(utf8_run(utf8_boundary, BytesView{euro}.last(2)) == utf8_failed);
static_assert(utf8_run_plain(utf8_boundary, euro) == utf8_boundary);

/// Whether the automaton and the grammar think the same of a text.
bool agree(BytesView text) {
    const Utf8State state = utf8_run(utf8_boundary, text);
    const Utf8Result plain = utf8_plain(text);
    return (state != utf8_failed) == plain.valid &&
           (state == utf8_boundary) == (plain.valid && plain.complete == text.size());
}

/// Counts the sequences of `size` bytes on which the two disagree. Sequences that begin alike are
/// left out once both refuse what they begin with; of ASCII, three bytes stand for all.
int disagreements(std::array<std::byte, 4>& bytes, std::size_t used, std::size_t size) {
    int count = 0;
    for (unsigned next = 0; next < 256; ++next) {
        if (used + 1 < size && next > 0x00 && next < 0x7f && next != 'A') {
            continue;
        }
        bytes[used] = static_cast<std::byte>(next);
        const BytesView text = BytesView{bytes}.first(used + 1);
        count += !agree(text);
        if (used + 1 < size && utf8_plain(text).valid) {
            count += disagreements(bytes, used + 1, size);
        }
    }
    return count;
}

/// Valid text of 1 to 4 bytes a code point, in runs, with now and then a byte of anything.
std::string random_text(std::mt19937& random, std::size_t size, unsigned one_wrong_in) {
    constexpr std::array<std::string_view, 8> pieces = {
        "a",          "plain old text", "\u00e9",    "\u20ac\u65e5", "\ud7ff\ue000",
        "\U0001f600", "\u0800",         "\U0010ffff"};
    std::string text;
    while (text.size() < size) {
        text += pieces[random() % pieces.size()];
        if (one_wrong_in > 0 && random() % one_wrong_in == 0) {
            text.back() = static_cast<char>(random() % 256);
        }
    }
    text.resize(size);
    return text;
}

}  // namespace

TEST_CASE("the automaton and the grammar agree on every sequence of up to three bytes") {
    std::array<std::byte, 4> bytes{};
    CHECK(disagreements(bytes, 0, 3) == 0);
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
            const Utf8State state = utf8_run(utf8_boundary, as_bytes(text).first(begin));
            wrong += state == utf8_failed;
            wrong += utf8_run(state, piece) != utf8_run_plain(state, piece);
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
        const std::string text = random_text(random, random() % 150, i % 2 == 0 ? 0 : 20);
        const Utf8State state = utf8_run(utf8_boundary, as_bytes(text));
        wrong += state != utf8_run_plain(utf8_boundary, as_bytes(text));
        wrong += !agree(as_bytes(text));
        ++seen[state == utf8_failed];
    }
    CHECK(wrong == 0);
    CHECK(seen[false] > 500);
    CHECK(seen[true] > 500);
}

TEST_CASE("a tail too many, or too few, is noticed in every place of a block") {
    int missed = 0;
    for (std::size_t size = 1; size <= 150; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            std::string text(size, 'a');
            text[place] = '\x80';
            missed += utf8_run(utf8_boundary, as_bytes(text)) != utf8_failed;
            text[place] = '\xc3';
            const bool last = place + 1 == size;
            const Utf8State expected = last ? utf8_tails_to_come[1] : utf8_failed;
            missed += utf8_run(utf8_boundary, as_bytes(text)) != expected;
        }
    }
    CHECK(missed == 0);
}
