// The ChaCha20 block function, for a generator of random bytes. RFC 8439 §2.3.
//
// Several blocks are computed side by side: each of the 16 words of the state is a row with a lane
// for each block, which compilers turn into vectors. How wide these are is up to the function that
// all of this is inlined into. Where the key comes from, and when it changes, is not known here.
#ifndef WSPROTO_DETAIL_CHACHA_HPP
#define WSPROTO_DETAIL_CHACHA_HPP

#include <wsproto/detail/cpu.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace wsproto::detail {

using ChaChaKey = std::array<std::uint32_t, 8>;

/// The same word of several blocks.
template <std::size_t Blocks>
using ChaChaRow = std::array<std::uint32_t, Blocks>;

/// Several blocks: first their first words, then their second ones, and so on.
template <std::size_t Blocks>
using ChaChaBlocks = std::array<ChaChaRow<Blocks>, 16>;

template <std::size_t Blocks>
[[gnu::always_inline]] constexpr void add(ChaChaRow<Blocks>& to,
                                          const ChaChaRow<Blocks>& row) noexcept {
    for (std::size_t i = 0; i != Blocks; ++i) {
        to[i] += row[i];
    }
}

template <int Bits, std::size_t Blocks>
[[gnu::always_inline]] constexpr void xor_and_rotate(ChaChaRow<Blocks>& to,
                                                     const ChaChaRow<Blocks>& row) noexcept {
    for (std::size_t i = 0; i != Blocks; ++i) {
        to[i] = std::rotl(to[i] ^ row[i], Bits);
    }
}

/// RFC 8439 §2.1.
template <typename Row>
[[gnu::always_inline]] constexpr void quarter_round(Row& a, Row& b, Row& c, Row& d) noexcept {
    add(a, b);
    xor_and_rotate<16>(d, a);
    add(c, d);
    xor_and_rotate<12>(b, c);
    add(a, b);
    xor_and_rotate<8>(d, a);
    add(c, d);
    xor_and_rotate<7>(b, c);
}

template <std::size_t Blocks>
[[gnu::always_inline]] constexpr void double_round(ChaChaBlocks<Blocks>& x) noexcept {
    quarter_round(x[0], x[4], x[8], x[12]);
    quarter_round(x[1], x[5], x[9], x[13]);
    quarter_round(x[2], x[6], x[10], x[14]);
    quarter_round(x[3], x[7], x[11], x[15]);
    quarter_round(x[0], x[5], x[10], x[15]);
    quarter_round(x[1], x[6], x[11], x[12]);
    quarter_round(x[2], x[7], x[8], x[13]);
    quarter_round(x[3], x[4], x[9], x[14]);
}

/// As many blocks as asked for, from block `counter` on, of the stream that belongs to `key` and
/// `nonce`.
template <std::size_t Blocks>
[[gnu::always_inline]] constexpr ChaChaBlocks<Blocks> chacha20(
    const ChaChaKey& key, std::uint32_t counter, std::array<std::uint32_t, 3> nonce = {}) noexcept {
    constexpr std::array<std::uint32_t, 4> constants{0x61707865, 0x3320646e, 0x79622d32,
                                                     0x6b206574};
    ChaChaBlocks<Blocks> start{};
    for (std::size_t i = 0; i != 4; ++i) {
        start[i].fill(constants[i]);
        start[4 + i].fill(key[i]);
        start[8 + i].fill(key[4 + i]);
    }
    for (std::size_t i = 0; i != Blocks; ++i) {
        start[12][i] = counter + static_cast<std::uint32_t>(i);
    }
    for (std::size_t i = 0; i != 3; ++i) {
        start[13 + i].fill(nonce[i]);
    }
    ChaChaBlocks<Blocks> blocks = start;
    for (int rounds = 0; rounds != 20; rounds += 2) {
        double_round(blocks);
    }
    for (std::size_t i = 0; i != blocks.size(); ++i) {
        add(blocks[i], start[i]);
    }
    return blocks;
}

/// Fills `out`, a multiple of the size of the blocks, with the stream that belongs to `key`; the
/// words of blocks that were computed together are interleaved.
template <std::size_t Blocks>
[[gnu::always_inline]] inline void fill_with_blocks(std::span<std::byte> out,
                                                    const ChaChaKey& key) noexcept {
    for (std::uint32_t counter = 0; !out.empty(); counter += Blocks) {
        const auto blocks = chacha20<Blocks>(key, counter);
        std::memcpy(out.data(), blocks.data(), sizeof blocks);
        out = out.subspan(sizeof blocks);
    }
}

#if WSPROTO_DETAIL_X86_64

[[gnu::target("avx2")]] inline void fill_with_blocks_avx2(std::span<std::byte> out,
                                                          const ChaChaKey& key) noexcept {
    fill_with_blocks<8>(out, key);
}

#endif

/// Fills `out`, a multiple of 512 bytes, with a stream of random bytes that belongs to `key`; which
/// one is up to the processor.
inline void fill_with_chacha20(std::span<std::byte> out, const ChaChaKey& key) noexcept {
#if WSPROTO_DETAIL_X86_64
    if (has_avx2()) {
        fill_with_blocks_avx2(out, key);
        return;
    }
#endif
    fill_with_blocks<4>(out, key);
}

}  // namespace wsproto::detail

#endif
