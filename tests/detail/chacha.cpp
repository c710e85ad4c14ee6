#include <wsproto/detail/chacha.hpp>

#include "catch.hpp"

using namespace wsproto::detail;

namespace {

using Block = std::array<std::uint32_t, 16>;

constexpr Block block(const ChaChaBlocks& blocks, std::size_t index) {
    Block numbers{};
    for (std::size_t i = 0; i != numbers.size(); ++i) {
        numbers[i] = blocks[i][index];
    }
    return numbers;
}

constexpr ChaChaKey rfc_key{0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
                            0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c};
constexpr std::array<std::uint32_t, 3> rfc_nonce{0x09000000, 0x4a000000, 0};

constexpr Block rfc_block{0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
                          0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
                          0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};

static_assert(block(chacha20(rfc_key, 1, rfc_nonce), 0) == rfc_block);

}  // namespace

TEST_CASE("a quarter round is that of the example in RFC 8439 section 2.1.1") {
    ChaChaRow a{0x11111111};
    ChaChaRow b{0x01020304};
    ChaChaRow c{0x9b8d6f43};
    ChaChaRow d{0x01234567};
    quarter_round(a, b, c, d);
    CHECK(a[0] == 0xea2a92f4);
    CHECK(b[0] == 0xcb1cf8ce);
    CHECK(c[0] == 0x4581472e);
    CHECK(d[0] == 0x5881c4bb);
}

TEST_CASE("a block is that of the example in RFC 8439 section 2.3.2, in each of the four places") {
    for (std::uint32_t place = 0; place != 4; ++place) {
        CAPTURE(place);
        CHECK((block(chacha20(rfc_key, 1 - place, rfc_nonce), place) == rfc_block));
    }
}

TEST_CASE("the four blocks differ") {
    const ChaChaBlocks blocks = chacha20(rfc_key, 0);
    for (std::size_t place = 1; place != 4; ++place) {
        CHECK((block(blocks, place) != block(blocks, place - 1)));
    }
}
