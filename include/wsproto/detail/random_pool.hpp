// A supply of random bytes for one thread: ChaCha20 under a key of the operating system's.
//
// A masking key is 4 bytes, and a system call for each would cost more than the frame. Each batch
// begins with the key of the next one, so that what is here never tells what was handed out; that
// is erased. A forked child throws away what its parent had in stock.
#ifndef WSPROTO_DETAIL_RANDOM_POOL_HPP
#define WSPROTO_DETAIL_RANDOM_POOL_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/chacha.hpp>
#include <wsproto/detail/os_random.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
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
    /// What is drawn at once: of more, the operating system fills all.
    static constexpr std::size_t size = 1024 - sizeof(ChaChaKey);

    constexpr RandomPool() noexcept = default;

    /// Fills `out` with bytes that nobody had before or will have again.
    void take(MutableBytesView out) noexcept {
        if (out.size() > size) {
            fill_from_os(out);
            return;
        }
        if (!has_in_stock(out.size())) {
            refill();
        }
        hand_out(out);
    }

    /// The same, if it takes neither new bytes nor a system call; else false, and nothing was
    /// taken.
    [[nodiscard, gnu::always_inline]] bool take_from_stock(MutableBytesView out) noexcept {
        const bool enough = has_in_stock(out.size());
        if (enough) {
            hand_out(out);
        }
        return enough;
    }

  private:
    static constexpr unsigned batches_per_seed = 64;

    [[nodiscard]] bool has_in_stock(std::size_t count) const noexcept {
        return count <= left_ && forks_ == fork_count.load(std::memory_order_relaxed);
    }

    void hand_out(MutableBytesView out) noexcept {
        left_ -= out.size();
        std::byte* const taken = batch_.data() + sizeof(ChaChaKey) + left_;
        std::copy_n(taken, out.size(), out.data());
        std::fill_n(taken, out.size(), std::byte{});
    }

    [[gnu::noinline]] void refill() noexcept {
        ChaChaKey key{};
        if (batches_left_ == 0 || forks_ != fork_count.load(std::memory_order_relaxed)) {
            count_forks();
            forks_ = fork_count.load(std::memory_order_relaxed);
            batches_left_ = batches_per_seed;
            fill_from_os(std::as_writable_bytes(std::span{key}));
        } else {
            std::memcpy(key.data(), batch_.data(), sizeof key);
        }
        --batches_left_;
        fill_with_chacha20(batch_, key);
        left_ = size;
    }

    std::array<std::byte, sizeof(ChaChaKey) + size> batch_{};  // the next key, then the stock
    std::size_t left_ = 0;
    std::uint32_t forks_ = 0;
    unsigned batches_left_ = 0;
};
static_assert(std::is_trivially_destructible_v<RandomPool>);

/// The pool of the calling thread.
[[nodiscard]] inline RandomPool& this_threads_random_pool() noexcept {
    static thread_local constinit RandomPool pool;
    return pool;
}

}  // namespace wsproto::detail

#endif
