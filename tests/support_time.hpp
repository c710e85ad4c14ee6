// What the tests of linear time share: how the time of a call grows with the size of its input.
//
// Knows the processor's clock alone, which others do not slow down, and no absolute times: those
// are of the machine, of sanitizers and of optimisation.
#ifndef WSPROTO_TESTS_SUPPORT_TIME_HPP
#define WSPROTO_TESTS_SUPPORT_TIME_HPP

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <limits>

namespace support {

/// Between 8, for linear time, and 64, for quadratic.
inline constexpr double linear_growth_limit = 22;

/// How long `run(size)` takes, in ticks: on average over so many that the clock can tell, which has
/// steps of some milliseconds where a limit of processor time is set (`ulimit -t`).
template <typename Run>
double time_of(Run& run, std::size_t size) {
    constexpr std::clock_t enough = CLOCKS_PER_SEC / 50;
    const std::clock_t start = std::clock();
    std::clock_t taken = 0;
    int count = 0;
    do {
        run(size);
        ++count;
        taken = std::clock() - start;
    } while (taken < enough);
    return static_cast<double>(taken) / count;
}

/// How many times as long `run(8 * size)` takes as `run(size)`.
///
/// What disturbs makes both longer: the least of several counts, and a bad ratio is tried again.
template <typename Run>
double growth_of_time(std::size_t size, Run run) {
    double shorter = std::numeric_limits<double>::infinity();
    double longer = shorter;
    for (int round = 0; round != 3 && longer >= linear_growth_limit * shorter; ++round) {
        for (int again = 0; again != 3; ++again) {
            shorter = std::min(shorter, time_of(run, size));
        }
        longer = std::min(longer, time_of(run, 8 * size));
    }
    return longer / shorter;
}

}  // namespace support

#endif
