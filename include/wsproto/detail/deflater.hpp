// The sending half of permessage-deflate: each fragment is deflated and flushed, straight behind
// what is already in the caller's buffer. RFC 7692 §7.2.1.
//
// Knows neither frames nor parameters.
#ifndef WSPROTO_DETAIL_DEFLATER_HPP
#define WSPROTO_DETAIL_DEFLATER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/detail/zlib_pool.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace wsproto::detail {

/// Deflates one message after the other. The zlib state is made when the first byte needs it.
class Deflater {
  public:
    explicit Deflater(int window_bits = 15, int level = 6, int memory_level = 8) noexcept
        : key_{.direction = ZlibDirection::Deflate,
               .window_bits = window_bits,
               .level = level,
               .memory_level = memory_level} {}

    /// Appends a fragment to `out`, flushed: a reader of all fragments so far gets all of them.
    ///
    /// If it throws, the data of the fragment is forgotten, and the next one may be another.
    void deflate(BytesView fragment, bool last, Bytes& out) {
        if (fragment.empty()) {
            // All before it was flushed. At the end, the first byte of an empty block. §7.2.3.6.
            if (last) out.push_back(std::byte{0x00});
            return;
        }
        ZlibHandle state = state_ ? std::move(state_) : acquire_zlib_state(key_);
        do {
            fragment = fragment.subspan(flush(*state, fragment, out));
        } while (!fragment.empty());
        state_ = std::move(state);
        if (last) out.resize(out.size() - tail_size);
    }

    /// Gives the window away: the next message starts without one.
    void forget() noexcept { state_.reset(); }

  private:
    static constexpr std::size_t tail_size = 4;  // 00 00 FF FF, with which every flush ends

    static std::size_t flush(ZlibState& state, BytesView in, Bytes& out) {
        const std::size_t taken = state.set_input(in);
        std::size_t room = first_room(taken, out);
        do {
            const std::size_t filled = out.size();
            const std::size_t offered = state.set_output({extend(out, room), room});
            ::deflate(&state.stream(), Z_SYNC_FLUSH);
            out.resize(filled + offered - state.stream().avail_out);
            room *= 2;
        } while (state.stream().avail_out == 0);
        return taken;
    }

    // Enough for small data that does not compress, and for large data that does as text will; more
    // if it is there already.
    static std::size_t first_room(std::size_t size, const Bytes& out) noexcept {
        const std::size_t most = size + size / 16 + 64;
        const std::size_t some = std::max<std::size_t>(512, size / 4);
        return std::min(most, std::max(some, out.capacity() - out.size()));
    }

    ZlibKey key_;
    ZlibHandle state_{};
};

}  // namespace wsproto::detail

#endif
