// Which bytes cannot follow each other in UTF-8, in a form that looks up a vector of them at once.
//
// After Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte" (2020): every
// kind of mistake is a bit, and shows in the upper half of a byte, its lower half and the upper
// half of the byte behind it. Three tables of 16 give the bits that each half allows; what all
// three allow is a mistake. What vectors there are is not known here.
#ifndef WSPROTO_DETAIL_UTF8_PAIRS_HPP
#define WSPROTO_DETAIL_UTF8_PAIRS_HPP

#include <wsproto/detail/utf8_grammar.hpp>

#include <array>
#include <cstddef>

namespace wsproto::detail {

/// A kind of mistake: a byte of `first` with one of `second` behind it.
struct WrongPair {
    unsigned bit = 0;
    ByteRange first{};
    ByteRange second{};
};

/// Two tails in a row. They are right where, two bytes back, a sequence of three or four begins or,
/// three bytes back, one of four; so this bit is compared with that.
inline constexpr unsigned char two_tails = 0x80;

/// `byte - offset`, where `byte` is not ASCII, has the top bit from the first byte of a sequence of
/// three on, and from that of a sequence of four.
inline constexpr unsigned char third_byte_offset = 0xe0 - 0x80;
inline constexpr unsigned char fourth_byte_offset = 0xf0 - 0x80;

/// What `utf8_forms` leaves out. A range covers all lower halves, or lies within one upper half.
inline constexpr std::array wrong_pairs = {
    WrongPair{0x01, {0xc0, 0xff}, {0x00, 0x7f}},  // a tail is missing
    WrongPair{0x01, {0xc0, 0xff}, {0xc0, 0xff}},
    WrongPair{0x02, {0x00, 0x7f}, {0x80, 0xbf}},  // a tail behind ASCII
    WrongPair{0x04, {0xc0, 0xc1}, {0x80, 0xbf}},  // overlong
    WrongPair{0x08, {0xe0, 0xe0}, {0x80, 0x9f}},
    WrongPair{0x10, {0xed, 0xed}, {0xa0, 0xbf}},  // surrogates
    WrongPair{0x20, {0xf4, 0xff}, {0x90, 0xbf}},  // beyond U+10FFFF
    WrongPair{0x40, {0xf5, 0xff}, {0x80, 0x8f}},
    WrongPair{0x40, {0xf0, 0xf0}, {0x80, 0x8f}},  // overlong
    WrongPair{two_tails, {0x80, 0xbf}, {0x80, 0xbf}},
};

/// The bits that each half of a byte allows, twice, for vectors that look up in two halves.
using PairTable = std::array<std::byte, 32>;

struct PairTables {
    PairTable first_upper{};
    PairTable first_lower{};
    PairTable second_upper{};
};

constexpr void allow_pair(PairTable& table, unsigned half, unsigned bit) noexcept {
    table[half] |= static_cast<std::byte>(bit);
    table[half + 16] = table[half];
}

inline constexpr PairTables wrong_pair_tables = [] {
    PairTables tables;
    for (const WrongPair& pair : wrong_pairs) {
        for (unsigned byte = pair.first.low; byte <= pair.first.high; ++byte) {
            allow_pair(tables.first_upper, byte / 16, pair.bit);
            allow_pair(tables.first_lower, byte % 16, pair.bit);
        }
        for (unsigned byte = pair.second.low; byte <= pair.second.high; ++byte) {
            allow_pair(tables.second_upper, byte / 16, pair.bit);
        }
    }
    return tables;
}();

}  // namespace wsproto::detail

#endif
