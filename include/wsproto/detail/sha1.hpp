// SHA-1, for the accept token and for nothing that needs a secure hash. FIPS 180-4, RFC 3174.
//
// The opening handshake uses it to show that the server understood, not to protect anything
// (RFC 6455 §10.8).
#ifndef WSPROTO_DETAIL_SHA1_HPP
#define WSPROTO_DETAIL_SHA1_HPP

#include <wsproto/bytes.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace wsproto::detail {

using Sha1State = std::array<std::uint32_t, 5>;
using Sha1Words = std::array<std::uint32_t, 16>;
using Sha1Schedule = std::array<std::uint32_t, 80>;
using Sha1Digest = std::array<std::byte, 20>;

/// The hash of nothing yet. RFC 3174 §6.1.
inline constexpr Sha1State sha1_initial = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
                                           0xc3d2e1f0};

inline constexpr std::size_t sha1_block_size = 64;

/// The functions and constants of the four times twenty rounds. RFC 3174 §5.
template <std::size_t Twenty>
[[nodiscard]] constexpr std::uint32_t sha1_mix(std::uint32_t b, std::uint32_t c,
                                               std::uint32_t d) noexcept {
    if constexpr (Twenty == 0) {
        return ((b & c) | (~b & d)) + 0x5a827999;
    } else if constexpr (Twenty == 2) {
        return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    } else {
        return (b ^ c ^ d) + (Twenty == 1 ? 0x6ed9eba1 : 0xca62c1d6);
    }
}

/// One round. RFC 3174 §6.2. Instead of the five words of the state, their names A to E move along.
template <std::size_t Round>
constexpr void sha1_round(Sha1State& state, std::uint32_t word) noexcept {
    const auto name = [&](std::size_t place) -> std::uint32_t& {
        return state[(80 - Round + place) % 5];
    };
    name(4) += std::rotl(name(0), 5) + sha1_mix<Round / 20>(name(1), name(2), name(3)) + word;
    name(1) = std::rotl(name(1), 30);
}

/// The word for a round: the method that keeps but sixteen words of the schedule. RFC 3174 §6.2.
template <std::size_t Round>
[[nodiscard]] constexpr std::uint32_t sha1_word(Sha1Words& words) noexcept {
    std::uint32_t& word = words[Round % 16];
    if constexpr (Round >= 16) {
        word = std::rotl(
            words[(Round + 13) % 16] ^ words[(Round + 8) % 16] ^ words[(Round + 2) % 16] ^ word, 1);
    }
    return word;
}

/// All rounds, unrolled, so that state and words can live in registers.
template <std::size_t... Round>
constexpr void sha1_rounds(Sha1State& state, Sha1Words& words,
                           std::index_sequence<Round...> /*rounds*/) noexcept {
    (sha1_round<Round>(state, sha1_word<Round>(words)), ...);
}

template <std::size_t... Round>
constexpr void sha1_rounds(Sha1State& state, const Sha1Schedule& schedule,
                           std::index_sequence<Round...> /*rounds*/) noexcept {
    (sha1_round<Round>(state, schedule[Round]), ...);
}

template <std::size_t... Round>
[[nodiscard]] constexpr Sha1Schedule sha1_schedule(
    Sha1Words words, std::index_sequence<Round...> /*rounds*/) noexcept {
    return {sha1_word<Round>(words)...};
}

[[nodiscard]] constexpr std::uint32_t load_big_endian_32(const std::byte* from) noexcept {
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(from[i]); };
    return at(0) << 24 | at(1) << 16 | at(2) << 8 | at(3);
}

using Sha1Block = std::span<const std::byte, sha1_block_size>;

[[nodiscard]] constexpr Sha1Words sha1_words(Sha1Block block) noexcept {
    Sha1Words words{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = load_big_endian_32(&block[4 * i]);
    }
    return words;
}

/// The words for all rounds, for a block that is known beforehand.
[[nodiscard]] constexpr Sha1Schedule sha1_schedule(Sha1Block block) noexcept {
    return sha1_schedule(sha1_words(block), std::make_index_sequence<80>{});
}

constexpr void sha1_add(Sha1State& hash, const Sha1State& state) noexcept {
    for (std::size_t i = 0; i < hash.size(); ++i) {
        hash[i] += state[i];
    }
}

/// Adds a block to the hash.
constexpr void sha1_add_block(Sha1State& hash, Sha1Block block) noexcept {
    Sha1Words words = sha1_words(block);
    Sha1State state = hash;
    sha1_rounds(state, words, std::make_index_sequence<80>{});
    sha1_add(hash, state);
}

/// Adds a block, of which the schedule is known, to the hash.
constexpr void sha1_add_schedule(Sha1State& hash, const Sha1Schedule& schedule) noexcept {
    Sha1State state = hash;
    sha1_rounds(state, schedule, std::make_index_sequence<80>{});
    sha1_add(hash, state);
}

/// Writes a word with its most significant byte first.
template <typename Word>
constexpr void store_big_endian(std::byte* to, Word word) noexcept {
    for (std::size_t i = sizeof(Word); i > 0; --i, word = static_cast<Word>(word >> 8)) {
        to[i - 1] = static_cast<std::byte>(word);
    }
}

/// The last one or two blocks: what is left of the message, a one bit, its length. RFC 3174 §4.
constexpr void sha1_finish(Sha1State& hash, BytesView rest, std::uint64_t message_size) noexcept {
    std::array<std::byte, 2 * sha1_block_size> padded{};
    const std::size_t size =
        rest.size() + 1 + 8 <= sha1_block_size ? sha1_block_size : padded.size();
    std::copy(rest.begin(), rest.end(), padded.begin());
    padded[rest.size()] = std::byte{0x80};
    store_big_endian(padded.data() + size - 8, message_size * 8);
    const std::span blocks{padded};
    sha1_add_block(hash, blocks.first<sha1_block_size>());
    if (size > sha1_block_size) {
        sha1_add_block(hash, blocks.last<sha1_block_size>());
    }
}

/// The hash as bytes, the most significant one of a word first.
[[nodiscard]] constexpr Sha1Digest sha1_digest(Sha1State hash) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        for (std::uint32_t& word : hash) {
            word = word >> 24 | (word >> 8 & 0xff00) | (word << 8 & 0xff0000) | word << 24;
        }
    }
    return std::bit_cast<Sha1Digest>(hash);
}

/// The digest of a message.
[[nodiscard]] constexpr Sha1Digest sha1(BytesView message) noexcept {
    Sha1State hash = sha1_initial;
    BytesView rest = message;
    for (; rest.size() >= sha1_block_size; rest = rest.subspan(sha1_block_size)) {
        sha1_add_block(hash, rest.first<sha1_block_size>());
    }
    sha1_finish(hash, rest, message.size());
    return sha1_digest(hash);
}

}  // namespace wsproto::detail

#endif
