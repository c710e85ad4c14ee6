// The groups of the Autobahn test suite, as our tables state them. What plays them stands in
// play.hpp.
#ifndef WSPROTO_TESTS_CONFORMANCE_GROUPS_HPP
#define WSPROTO_TESTS_CONFORMANCE_GROUPS_HPP

#include "script.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

namespace conformance {

/// WSPROTO_CONFORMANCE_SHORT=N: what is large is played small, what comes a thousand times a few,
/// and what is cut at every point at every N-th. For sanitizers and memcheck, which take their
/// time. Null where it is not set.
inline const char* short_run() {
    static const char* const set = std::getenv("WSPROTO_CONFORMANCE_SHORT");
    return set;
}

inline bool is_short() {
    return short_run() != nullptr;
}

/// From one cut to the next.
inline std::size_t cut_step() {
    static const std::size_t step = is_short() ? std::strtoul(short_run(), nullptr, 10) : 1;
    return std::max<std::size_t>(1, step);
}

/// `size`, or `most` where that is less and the run is short.
inline std::size_t shortened(std::size_t size, std::size_t most) {
    return is_short() ? std::min(size, most) : size;
}

const Cases& group_1();   ///< Framing.
const Cases& group_2();   ///< Pings and Pongs.
const Cases& group_3();   ///< Reserved bits.
const Cases& group_4();   ///< Opcodes.
const Cases& group_5();   ///< Fragmentation.
const Cases& group_6();   ///< UTF-8.
const Cases& group_7();   ///< Closing.
const Cases& group_9();   ///< Sizes.
const Cases& group_10();  ///< Automatic fragmentation.

// Those of the compressed groups are played otherwise, see compressed.hpp: here are their numbers.
std::vector<std::string> group_12_ids();
std::vector<std::string> group_13_ids();

}  // namespace conformance

#endif
