#include <wsproto/detail/chacha.hpp>

#include "catch.hpp"
#include "support_kernels.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <set>

using namespace wsproto::detail;

namespace {

using Block = std::array<std::uint32_t, 16>;

template <std::size_t Blocks>
constexpr Block block(const ChaChaBlocks<Blocks>& blocks, std::size_t index) {
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

static_assert(block(chacha20<1>(rfc_key, 1, rfc_nonce), 0) == rfc_block);

}  // namespace

TEST_CASE("a quarter round is that of the example in RFC 8439 section 2.1.1") {
    ChaChaRow<1> a{0x11111111};
    ChaChaRow<1> b{0x01020304};
    ChaChaRow<1> c{0x9b8d6f43};
    ChaChaRow<1> d{0x01234567};
    quarter_round(a, b, c, d);
    CHECK(a[0] == 0xea2a92f4);
    CHECK(b[0] == 0xcb1cf8ce);
    CHECK(c[0] == 0x4581472e);
    CHECK(d[0] == 0x5881c4bb);
}

TEMPLATE_TEST_CASE_SIG("a block is that of RFC 8439 section 2.3.2, in each of the places", "",
                       ((std::size_t Blocks), Blocks), 4, 8) {
    for (std::uint32_t place = 0; place != Blocks; ++place) {
        CAPTURE(place);
        CHECK((block(chacha20<Blocks>(rfc_key, 1 - place, rfc_nonce), place) == rfc_block));
    }
}

TEST_CASE("what is filled are the blocks one behind the other, number by number") {
    const auto blocks = std::array{chacha20<4>(rfc_key, 0), chacha20<4>(rfc_key, 4)};
    std::array<std::byte, sizeof blocks> filled{};
    fill_with_blocks<4>(filled, rfc_key);
    CHECK((filled == std::bit_cast<decltype(filled)>(blocks)));
}

TEST_CASE("eight blocks at a time are the same stream as one at a time") {
    std::array<std::byte, 1024> filled{};
    fill_with_blocks<8>(filled, rfc_key);
    const auto halves = std::bit_cast<std::array<ChaChaBlocks<8>, 2>>(filled);
    for (std::uint32_t number = 0; number != 16; ++number) {
        CAPTURE(number);
        const Block one = block(chacha20<1>(rfc_key, number), 0);
        CHECK((block(halves[number / 8], number % 8) == one));
    }
}

TEST_CASE("with AVX2 the stream is the same as without") {
#if WSPROTO_DETAIL_X86_64
    if (support::can_test(has_avx2(), "AVX2")) {
        std::array<std::byte, 1024> plain{};
        std::array<std::byte, 1024> vectors{};
        fill_with_blocks<8>(plain, rfc_key);
        fill_with_blocks_avx2(vectors, rfc_key);
        CHECK((vectors == plain));
    }
#else
    support::can_test(false, "AVX2");
#endif
}

TEST_CASE("no key of 32 bytes stands twice in what is filled") {
    std::array<std::byte, 1024> filled{};
    fill_with_chacha20(filled, rfc_key);
    std::set<ChaChaKey> seen;
    for (const ChaChaKey& key : std::bit_cast<std::array<ChaChaKey, 32>>(filled)) {
        CHECK(seen.insert(key).second);
    }
}
