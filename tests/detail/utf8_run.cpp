#include <wsproto/detail/utf8_run.hpp>

#include "catch.hpp"

#include "support_text.hpp"

#include <array>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

constexpr std::array euro{std::byte{0xe2}, std::byte{0x82}, std::byte{0xac}};
static_assert(utf8_run(utf8_boundary, euro) == utf8_boundary);
static_assert(utf8_run(utf8_boundary, BytesView{euro}.last(2)) == utf8_failed);

constexpr auto chosen = [](Utf8State state, BytesView text) { return utf8_run(state, text); };

}  // namespace

TEST_CASE("whoever is chosen, every mistake in every place has the state of the plain run") {
    CHECK(count_wrong_on_events(0, chosen) == 0);
}

TEST_CASE(
    "whoever is chosen, every sequence of two and three bytes has the state of the plain run") {
    CHECK(count_wrong_on_sequences(5, chosen) == 0);
}

TEST_CASE("whoever is chosen, every code point that is cut off has the state of the plain run") {
    CHECK(count_wrong_on_truncated_sequences(1, chosen) == 0);
}

TEST_CASE("whoever is chosen, every code point has the state of the plain run") {
    CHECK(count_wrong_on_code_points(1, chosen) == 0);
}

TEST_CASE("whoever is chosen, every size, from every state on, has the state of the plain run") {
    CHECK(count_wrong_on_sizes(0, chosen) == 0);
}

TEST_CASE("whoever is chosen, random texts have the state of the plain run") {
    CHECK(count_wrong_on_random_texts(0, chosen) == 0);
}

TEST_CASE("a text in two runs has the state that it has in one, for every cut") {
    std::mt19937 random{20240607};
    int wrong = 0;
    for (unsigned i = 0; i < 100; ++i) {
        const std::string text = random_text(random, 250, i % 2 == 0 ? 0 : 60);
        const Utf8State expected = utf8_run_plain(utf8_boundary, as_bytes(text));
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            const Utf8State state = utf8_run(utf8_boundary, as_bytes(text).first(cut));
            wrong += utf8_run(state, as_bytes(text).subspan(cut)) != expected;
        }
    }
    CHECK(wrong == 0);
}
