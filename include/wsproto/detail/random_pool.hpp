// A supply of random bytes for one thread, drawn from the operating system in larger amounts.
//
// A masking key is 4 bytes and a system call for each would cost more than the frame. Bytes that
// were handed out are erased; a forked child throws away what its parent had in stock.
#ifndef WSPROTO_DETAIL_RANDOM_POOL_HPP
#define WSPROTO_DETAIL_RANDOM_POOL_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/os_random.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace wsproto::detail {

/// How many times this process, or one it descends from, was forked since it used a pool.
inline std::atomic<std::uint32_t> fork_count{0};

/// Has `fork_count` counted, from the first call on.
inline void count_forks() noexcept {
#if !defined(_WIN32)
    static const int refused = ::pthread_atfork(nullptr, nullptr, [] { ++fork_count; });
    if (refused != 0) {
        std::abort();
    }
#endif
}

/// Random bytes in stock. Without destructor, so that even the destructors of a thread's other
/// objects may still draw from it.
class RandomPool {
  public:
    static constexpr std::size_t size = 512;

    constexpr RandomPool() noexcept = default;

    /// Fills `out` with bytes that nobody had before or will have again.
    void take(MutableBytesView out) noexcept {
        if (out.size() > size) {
            fill_from_os(out);
            return;
        }
        if (out.size() > left_ || forks_ != fork_count.load(std::memory_order_relaxed)) {
            refill();
        }
        left_ -= out.size();
        std::byte* const taken = bytes_.data() + left_;
        std::copy_n(taken, out.size(), out.data());
        std::fill_n(taken, out.size(), std::byte{});
    }

  private:
    void refill() noexcept {
        count_forks();
        forks_ = fork_count.load(std::memory_order_relaxed);
        fill_from_os(bytes_);
        left_ = size;
    }

    std::array<std::byte, size> bytes_{};
    std::size_t left_ = 0;
    std::uint32_t forks_ = 0;
};
static_assert(std::is_trivially_destructible_v<RandomPool>);

/// The pool of the calling thread.
[[nodiscard]] inline RandomPool& this_threads_random_pool() noexcept {
    static thread_local constinit RandomPool pool;
    return pool;
}

}  // namespace wsproto::detail

#endif
