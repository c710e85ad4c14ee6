// SHA-1 with the instructions that x86-64 has for it, as far as the accept token needs it.
//
// A vector holds four words, the first of them in its last place.
#ifndef WSPROTO_DETAIL_SHA1_NI_HPP
#define WSPROTO_DETAIL_SHA1_NI_HPP

#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/pieces.hpp>
#include <wsproto/detail/sha1.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#if WSPROTO_DETAIL_X86_64

namespace wsproto::detail {

using Sha1Four = int __attribute__((vector_size(16)));
using Sha1SixteenWords = std::array<Sha1Four, 4>;

/// A to D, and what E is made of: before a block E itself, then the A of four rounds ago.
struct Sha1Registers {
    Sha1Four a_to_d{};
    Sha1Four e{};
};

[[nodiscard]] inline Sha1Four sha1_sum(Sha1Four a, Sha1Four b) noexcept {
    using Words = unsigned __attribute__((vector_size(16)));
    return reinterpret_cast<Sha1Four>(reinterpret_cast<Words>(a) + reinterpret_cast<Words>(b));
}

[[nodiscard]] inline Sha1Four sha1_reverse(Sha1Four words) noexcept {
    return Sha1Four{words[3], words[2], words[1], words[0]};
}

[[nodiscard]] inline Sha1Registers sha1_registers(const Sha1State& hash) noexcept {
    const auto word = [&](std::size_t i) { return static_cast<int>(hash[i]); };
    return {.a_to_d = Sha1Four{word(3), word(2), word(1), word(0)},
            .e = Sha1Four{0, 0, 0, word(4)}};
}

/// Four words of a block, from their bytes.
[[nodiscard, gnu::target("sha,ssse3")]] inline Sha1Four sha1_load_four(
    const std::byte* from) noexcept {
    using Chars = char __attribute__((vector_size(16)));
    constexpr Chars reversed{15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
    return reinterpret_cast<Sha1Four>(__builtin_ia32_pshufb128(load<Chars>(from), reversed));
}

/// Four of the 80 rounds.
template <std::size_t Four>
[[gnu::target("sha,ssse3")]] inline void sha1_four_rounds(Sha1Registers& registers,
                                                          Sha1Four words) noexcept {
    const Sha1Four e =
        Four == 0 ? sha1_sum(registers.e, words) : __builtin_ia32_sha1nexte(registers.e, words);
    registers.e = registers.a_to_d;
    registers.a_to_d = __builtin_ia32_sha1rnds4(registers.a_to_d, e, Four / 5);
}

/// The four words for these rounds. RFC 3174 §6.2.
template <std::size_t Four>
[[nodiscard, gnu::target("sha,ssse3")]] inline Sha1Four sha1_four_words(
    Sha1SixteenWords& words) noexcept {
    Sha1Four& four = words[Four % 4];
    if constexpr (Four >= 4) {
        four = __builtin_ia32_sha1msg1(four, words[(Four + 1) % 4]) ^ words[(Four + 2) % 4];
        four = __builtin_ia32_sha1msg2(four, words[(Four + 3) % 4]);
    }
    return four;
}

/// Ends a block: adds the registers before it.
[[gnu::target("sha,ssse3")]] inline void sha1_add_ni(Sha1Registers& registers,
                                                     const Sha1Registers& before) noexcept {
    registers.a_to_d = sha1_sum(registers.a_to_d, before.a_to_d);
    registers.e = __builtin_ia32_sha1nexte(registers.e, before.e);
}

template <std::size_t... Four>
[[gnu::target("sha,ssse3")]] inline void sha1_add_block_ni(
    Sha1Registers& registers, Sha1Block block, std::index_sequence<Four...> /*fours*/) noexcept {
    const Sha1Registers before = registers;
    const std::byte* const bytes = block.data();
    Sha1SixteenWords words{sha1_load_four(bytes), sha1_load_four(bytes + 16),
                           sha1_load_four(bytes + 32), sha1_load_four(bytes + 48)};
    (sha1_four_rounds<Four>(registers, sha1_four_words<Four>(words)), ...);
    sha1_add_ni(registers, before);
}

template <std::size_t... Four>
[[gnu::target("sha,ssse3")]] inline void sha1_add_schedule_ni(
    Sha1Registers& registers, const Sha1Schedule& schedule,
    std::index_sequence<Four...> /*fours*/) noexcept {
    const Sha1Registers before = registers;
    const auto* const bytes = reinterpret_cast<const std::byte*>(schedule.data());
    (sha1_four_rounds<Four>(registers, sha1_reverse(load<Sha1Four>(bytes + 16 * Four))), ...);
    sha1_add_ni(registers, before);
}

/// The hash of a block, and of one behind it of which the schedule is known.
[[nodiscard, gnu::target("sha,ssse3")]] inline Sha1State sha1_two_blocks_ni(
    Sha1Block block, const Sha1Schedule& schedule) noexcept {
    Sha1Registers registers = sha1_registers(sha1_initial);
    sha1_add_block_ni(registers, block, std::make_index_sequence<20>{});
    sha1_add_schedule_ni(registers, schedule, std::make_index_sequence<20>{});
    Sha1State hash{};
    store(reinterpret_cast<std::byte*>(hash.data()), sha1_reverse(registers.a_to_d));
    hash[4] = static_cast<std::uint32_t>(registers.e[3]);
    return hash;
}

}  // namespace wsproto::detail

#endif

#endif
