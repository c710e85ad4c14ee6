// How long things took: counts in buckets whose width is at most 1/64 of their value, in bounded
// memory, however many and however long. Knows nothing of what took so long.
#ifndef WSPROTO_TESTS_LOAD_HISTOGRAM_HPP
#define WSPROTO_TESTS_LOAD_HISTOGRAM_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

class Histogram {
  public:
    using Duration = std::chrono::nanoseconds;

    void record(Duration duration) noexcept {
        const auto value = static_cast<std::uint64_t>(std::max(duration.count(), Duration::rep{0}));
        ++counts_[bucket(value)];
        ++total_;
        max_ = std::max(max_, value);
    }

    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    [[nodiscard]] Duration max() const noexcept { return Duration{max_}; }

    /// At least `part` of all, 0 to 1, took no longer.
    [[nodiscard]] Duration quantile(double part) const noexcept {
        const auto wanted = static_cast<std::uint64_t>(part * static_cast<double>(total_) + 0.5);
        std::uint64_t seen = 0;
        for (std::size_t index = 0; index != counts_.size(); ++index) {
            seen += counts_[index];
            if (seen >= std::max<std::uint64_t>(wanted, 1)) {
                return Duration{std::min(upper_end(index), max_)};
            }
        }
        return max();
    }

    /// Calls `visit` with each duration that any took, rounded up as by `quantile`, and their
    /// number; the shortest first.
    template <typename Visit>
    void for_each(Visit visit) const {
        for (std::size_t index = 0; index != counts_.size(); ++index) {
            if (counts_[index] == 0) continue;
            visit(Duration{std::min(upper_end(index), max_)}, counts_[index]);
        }
    }

    void add(const Histogram& other) noexcept {
        for (std::size_t index = 0; index != counts_.size(); ++index) {
            counts_[index] += other.counts_[index];
        }
        total_ += other.total_;
        max_ = std::max(max_, other.max_);
    }

  private:
    static constexpr std::size_t steps_log2 = 6;  // in each power of two
    static constexpr std::size_t steps = std::size_t{1} << steps_log2;

    // Values below 2 * steps have a bucket each; above, the leading bits tell the bucket.
    static constexpr std::size_t bucket(std::uint64_t value) noexcept {
        const auto width = static_cast<std::size_t>(std::bit_width(value));
        const std::size_t shift = width > steps_log2 + 1 ? width - steps_log2 - 1 : 0;
        return shift * steps + static_cast<std::size_t>(value >> shift);
    }

    static constexpr std::uint64_t upper_end(std::size_t index) noexcept {
        const std::size_t shift = index < 2 * steps ? 0 : index / steps - 1;
        const std::uint64_t leading = index - shift * steps;
        return ((leading + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - steps_log2 + 1) * steps> counts_{};
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;
};

#endif
