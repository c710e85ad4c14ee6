// What is allocated while somebody looks. Every `malloc` of the program is seen, whoever calls it;
// while nobody looks that costs one test of a flag.
#ifndef WSPROTO_BENCHMARK_ALLOCATIONS_HPP
#define WSPROTO_BENCHMARK_ALLOCATIONS_HPP

#include <cstddef>

namespace benchmark {

/// Since counting began. Bytes are those that can be used of each block.
struct Allocations {
    std::size_t calls = 0;
    std::ptrdiff_t held = 0;  ///< Negative if older blocks were freed.
    std::ptrdiff_t peak = 0;
};

/// Counts as long as it lives; one at a time.
class CountAllocations {
  public:
    CountAllocations() noexcept;
    CountAllocations(const CountAllocations&) = delete;
    CountAllocations& operator=(const CountAllocations&) = delete;
    ~CountAllocations();

    [[nodiscard]] Allocations so_far() const noexcept;

    /// False where allocations cannot be seen: outside glibc.
    [[nodiscard]] static bool works() noexcept;
};

}  // namespace benchmark

#endif
