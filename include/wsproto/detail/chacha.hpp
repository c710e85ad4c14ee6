// The ChaCha20 block function, for a generator of random bytes. RFC 8439 §2.3.
//
// Four blocks are made side by side, each number of the state as a row of four: that is what
// compilers make vectors of. Where the key comes from, and when it changes, is not known here.
#ifndef WSPROTO_DETAIL_CHACHA_HPP
#define WSPROTO_DETAIL_CHACHA_HPP

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace wsproto::detail {

using ChaChaKey = std::array<std::uint32_t, 8>;

/// The same number of four blocks.
using ChaChaRow = std::array<std::uint32_t, 4>;

/// Four blocks: first their first numbers, then their second ones, and so on.
using ChaChaBlocks = std::array<ChaChaRow, 16>;

constexpr void add(ChaChaRow& to, const ChaChaRow& row) noexcept {
    for (std::size_t i = 0; i != row.size(); ++i) {
        to[i] += row[i];
    }
}

template <int Bits>
constexpr void xor_and_rotate(ChaChaRow& to, const ChaChaRow& row) noexcept {
    for (std::size_t i = 0; i != row.size(); ++i) {
        to[i] = std::rotl(to[i] ^ row[i], Bits);
    }
}

/// RFC 8439 §2.1.
constexpr void quarter_round(ChaChaRow& a, ChaChaRow& b, ChaChaRow& c, ChaChaRow& d) noexcept {
    add(a, b);
    xor_and_rotate<16>(d, a);
    add(c, d);
    xor_and_rotate<12>(b, c);
    add(a, b);
    xor_and_rotate<8>(d, a);
    add(c, d);
    xor_and_rotate<7>(b, c);
}

constexpr void double_round(ChaChaBlocks& x) noexcept {
    quarter_round(x[0], x[4], x[8], x[12]);
    quarter_round(x[1], x[5], x[9], x[13]);
    quarter_round(x[2], x[6], x[10], x[14]);
    quarter_round(x[3], x[7], x[11], x[15]);
    quarter_round(x[0], x[5], x[10], x[15]);
    quarter_round(x[1], x[6], x[11], x[12]);
    quarter_round(x[2], x[7], x[8], x[13]);
    quarter_round(x[3], x[4], x[9], x[14]);
}

/// Blocks `counter` to `counter` + 3 of the stream that belongs to `key` and `nonce`.
[[gnu::flatten]] constexpr ChaChaBlocks chacha20(const ChaChaKey& key, std::uint32_t counter,
                                                 std::array<std::uint32_t, 3> nonce = {}) noexcept {
    constexpr std::array<std::uint32_t, 4> constants{0x61707865, 0x3320646e, 0x79622d32,
                                                     0x6b206574};
    ChaChaBlocks start{};
    for (std::size_t i = 0; i != 4; ++i) {
        start[i].fill(constants[i]);
        start[4 + i].fill(key[i]);
        start[8 + i].fill(key[4 + i]);
    }
    start[12] = {counter, counter + 1, counter + 2, counter + 3};
    for (std::size_t i = 0; i != 3; ++i) {
        start[13 + i].fill(nonce[i]);
    }
    ChaChaBlocks blocks = start;
    for (int rounds = 0; rounds != 20; rounds += 2) {
        double_round(blocks);
    }
    for (std::size_t i = 0; i != blocks.size(); ++i) {
        add(blocks[i], start[i]);
    }
    return blocks;
}

}  // namespace wsproto::detail

#endif
