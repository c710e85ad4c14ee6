// Medians and quartiles of a few samples, and of their ratios.
#ifndef WSPROTO_BENCHMARK_STATISTICS_HPP
#define WSPROTO_BENCHMARK_STATISTICS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace benchmark {

using Samples = std::vector<double>;

/// The value below which `part` of the samples lie, interpolated; NaN if there are none.
[[nodiscard]] inline double quantile(Samples samples, double part) {
    if (samples.empty()) {
        return std::nan("");
    }
    std::sort(samples.begin(), samples.end());
    const double place = part * static_cast<double>(samples.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, samples.size() - 1);
    return std::lerp(samples[below], samples[above], place - static_cast<double>(below));
}

[[nodiscard]] inline double median(const Samples& samples) {
    return quantile(samples, 0.5);
}

[[nodiscard]] inline double lower_quartile(const Samples& samples) {
    return quantile(samples, 0.25);
}

/// Round by round: what was measured in the same round saw the same neighbours.
[[nodiscard]] inline Samples paired_ratios(const Samples& above, const Samples& below) {
    Samples ratios;
    for (std::size_t round = 0; round < std::min(above.size(), below.size()); ++round) {
        ratios.push_back(above[round] / below[round]);
    }
    return ratios;
}

}  // namespace benchmark

#endif
