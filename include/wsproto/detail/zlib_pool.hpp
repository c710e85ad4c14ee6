// zlib states, and a small store of them for each thread, so that compression without context
// takeover does not allocate for every message.
//
// A state may be taken on one thread and given back on another, or after the store of a thread is
// gone: then it is freed. What is compressed is not known here.
#ifndef WSPROTO_DETAIL_ZLIB_POOL_HPP
#define WSPROTO_DETAIL_ZLIB_POOL_HPP

#include <wsproto/bytes.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

namespace wsproto::detail {

/// zlib allocates for itself and tells only afterwards.
[[noreturn]] inline void fail_to_allocate() {
#ifdef __cpp_exceptions
    throw std::bad_alloc{};
#else
    std::abort();
#endif
}

enum class ZlibDirection : std::uint8_t { Inflate, Deflate };

/// What a zlib state is made for; only an equal one can take its place.
struct ZlibKey {
    ZlibDirection direction = ZlibDirection::Inflate;
    int window_bits = 15;
    int level = 0;
    int memory_level = 0;

    friend constexpr bool operator==(const ZlibKey&, const ZlibKey&) noexcept = default;
};

/// A raw deflate or inflate stream. It stays where it is: zlib points back at it.
class ZlibState {
  public:
    explicit ZlibState(const ZlibKey& key) : key_{key} {
        if (open() != Z_OK) fail_to_allocate();
    }
    ZlibState(const ZlibState&) = delete;
    ZlibState& operator=(const ZlibState&) = delete;
    ~ZlibState() { deflates() ? ::deflateEnd(&stream_) : ::inflateEnd(&stream_); }

    [[nodiscard]] const ZlibKey& key() const noexcept { return key_; }
    [[nodiscard]] z_stream& stream() noexcept { return stream_; }

    /// Forgets all data, as if new.
    void reset() noexcept { deflates() ? ::deflateReset(&stream_) : ::inflateReset(&stream_); }

    /// Sets what is read next; returns the size, which is cut to what zlib can count.
    std::size_t set_input(BytesView in) noexcept {
        stream_.next_in =
            const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));  // zlib does not write
        stream_.avail_in = countable(in.size());
        return stream_.avail_in;
    }

    /// Sets what is written next; returns the size, which is cut to what zlib can count.
    std::size_t set_output(MutableBytesView out) noexcept {
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = countable(out.size());
        return stream_.avail_out;
    }

  private:
    [[nodiscard]] bool deflates() const noexcept {
        return key_.direction == ZlibDirection::Deflate;
    }

    // Negative bits: raw deflate. zlib refuses to compress with -8; but a match reaches back by 262
    // bytes less than the window at most, so that what -9 compresses -8 inflates.
    int open() noexcept {
        return deflates()
                   ? deflateInit2(&stream_, key_.level, Z_DEFLATED, -std::max(key_.window_bits, 9),
                                  key_.memory_level, Z_DEFAULT_STRATEGY)
                   : inflateInit2(&stream_, -key_.window_bits);
    }

    static uInt countable(std::size_t size) noexcept {
        constexpr std::size_t most = 1U << 30U;
        return static_cast<uInt>(std::min(size, most));
    }

    ZlibKey key_;
    z_stream stream_{};
};

inline constexpr std::size_t max_pooled_zlib_states = 8;

/// The states of one thread that are not in use. A new one pushes an older one out.
class ZlibPool {
  public:
    ZlibPool() = default;
    ZlibPool(const ZlibPool&) = delete;
    ZlibPool& operator=(const ZlibPool&) = delete;
    ~ZlibPool() { gone_ = true; }

    /// The one of the calling thread; null while that thread ends.
    static ZlibPool* of_this_thread() noexcept {
        if (gone_) return nullptr;
        thread_local ZlibPool pool;
        return &pool;
    }

    /// A state of that kind, as it was given back; null if there is none.
    [[nodiscard]] std::unique_ptr<ZlibState> take(const ZlibKey& key) noexcept {
        const auto found = std::find_if(states_.begin(), states_.end(), [&](const auto& state) {
            return state && state->key() == key;
        });
        return found == states_.end() ? nullptr : std::move(*found);
    }

    void give(std::unique_ptr<ZlibState> state) noexcept {
        const auto free = std::find(states_.begin(), states_.end(), nullptr);
        if (free != states_.end()) {
            *free = std::move(state);
            return;
        }
        states_[victim_] = std::move(state);
        victim_ = (victim_ + 1) % states_.size();
    }

    [[nodiscard]] std::size_t size() const noexcept {
        const auto free = std::count(states_.begin(), states_.end(), nullptr);
        return states_.size() - static_cast<std::size_t>(free);
    }

    void clear() noexcept { states_ = {}; }

  private:
    // Needs no destructor, so that it can be read after that of the pool.
    static inline thread_local bool gone_ = false;

    std::array<std::unique_ptr<ZlibState>, max_pooled_zlib_states> states_{};
    std::size_t victim_ = 0;
};

/// Gives a state to the pool of the thread that has done with it, or frees it.
struct ZlibReleaser {
    void operator()(ZlibState* state) const noexcept {
        std::unique_ptr<ZlibState> owned{state};
        if (ZlibPool* const pool = ZlibPool::of_this_thread()) pool->give(std::move(owned));
    }
};

using ZlibHandle = std::unique_ptr<ZlibState, ZlibReleaser>;

/// A state that knows no data, from the pool of this thread or new.
[[nodiscard]] inline ZlibHandle acquire_zlib_state(const ZlibKey& key) {
    ZlibPool* const pool = ZlibPool::of_this_thread();
    auto state = pool != nullptr ? pool->take(key) : nullptr;
    if (!state) return ZlibHandle{new ZlibState{key}};
    state->reset();
    return ZlibHandle{state.release()};
}

}  // namespace wsproto::detail

#endif
