// What the machine allows: hand-written loops over plain bytes, with AVX2 where the processor has
// it. Nothing of wsproto is in them, and nothing of WebSockets but the XOR with four bytes.
#ifndef WSPROTO_BENCHMARK_LIMITS_HPP
#define WSPROTO_BENCHMARK_LIMITS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace benchmark::limits {

using Key = std::uint32_t;

/// The loops for one instruction set.
struct Kernels {
    std::string_view name;
    void (*copy)(char* out, const char* in, std::size_t size);
    void (*xor_in_place)(char* data, std::size_t size, Key key);
    void (*xor_copy)(char* out, const char* in, std::size_t size, Key key);
    std::uint64_t (*read)(const char* data, std::size_t size);  ///< Their sum, more or less.
    bool (*is_utf8)(const char* data, std::size_t size);
};

/// Those of AVX2, or null if there is none.
[[nodiscard]] const Kernels* avx2() noexcept;

/// Those of any machine, as good as the compiler makes them.
[[nodiscard]] const Kernels& portable() noexcept;

/// The best there is here.
[[nodiscard]] const Kernels& best() noexcept;

/// Whether they do what they should, compared with the plainest loops.
[[nodiscard]] bool are_right(const Kernels& kernels);

}  // namespace benchmark::limits

#endif
