#include <wsproto/detail/utf8_pairs.hpp>

#include "catch.hpp"

#include <wsproto/detail/utf8_automaton.hpp>

using namespace wsproto::detail;

namespace {

/// What the tables say of a byte and the one behind it.
constexpr std::byte looked_up(unsigned first, unsigned second) {
    return wrong_pair_tables.first_upper[first / 16] & wrong_pair_tables.first_lower[first % 16] &
           wrong_pair_tables.second_upper[second / 16];
}

static_assert(looked_up('a', 'b') == std::byte{0});
static_assert(looked_up(0x80, 0x80) == std::byte{two_tails});

}  // namespace

TEST_CASE("behind a byte that is not a tail, the tables allow what the automaton allows") {
    for (unsigned first = 0; first < 256; ++first) {
        for (unsigned second = 0; second < 256; ++second) {
            const std::array pair{static_cast<std::byte>(first), static_cast<std::byte>(second)};
            if (!utf8_tail.contains(pair[0])) {
                const bool valid = utf8_run_plain(utf8_boundary, pair) != utf8_failed;
                // A second byte that can never stand in a text shows with the one behind it.
                const bool tolerated =
                    first < 0x80 && utf8_run_plain(utf8_boundary, {&pair[1], 1}) == utf8_failed &&
                    !utf8_tail.contains(pair[1]);
                CAPTURE(first, second);
                CHECK((looked_up(first, second) == std::byte{0}) == (valid || tolerated));
            }
        }
    }
}

TEST_CASE("behind a tail, another tail is a bit of its own, and nothing else is wrong") {
    for (unsigned first = 0x80; first < 0xc0; ++first) {
        for (unsigned second = 0; second < 256; ++second) {
            const bool tail = utf8_tail.contains(static_cast<std::byte>(second));
            CHECK(looked_up(first, second) == (tail ? std::byte{two_tails} : std::byte{0}));
        }
    }
}

TEST_CASE("what is in the tables is there twice") {
    for (const PairTable& table : {wrong_pair_tables.first_upper, wrong_pair_tables.first_lower,
                                   wrong_pair_tables.second_upper}) {
        CHECK(std::equal(table.begin(), table.begin() + 16, table.begin() + 16));
    }
}
