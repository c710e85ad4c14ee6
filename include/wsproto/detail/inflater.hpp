// The receiving half of permessage-deflate: one message after the other is inflated, in steps of
// the caller's size, with or without the window of those before. RFC 7692 §7.2.2.
//
// That a match reaches back beyond the window, which no sender may let it, zlib finds where it has
// forgotten what lies there: whether it has depends on how much was inflated in one go.
// Knows neither frames nor parameters.
#ifndef WSPROTO_DETAIL_INFLATER_HPP
#define WSPROTO_DETAIL_INFLATER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/attempt.hpp>
#include <wsproto/detail/zlib_pool.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>

#include <zlib.h>

#include <array>
#include <cstddef>
#include <utility>

namespace wsproto::detail {

/// The end of the empty block with which every message ends, and which its sender removes.
inline constexpr std::array<std::byte, 4> deflate_tail{std::byte{0x00}, std::byte{0x00},
                                                       std::byte{0xFF}, std::byte{0xFF}};

/// Inflates one message after the other. The zlib state is made when the first byte needs it.
class Inflater {
  public:
    explicit Inflater(int window_bits = 15) noexcept : key_{.window_bits = window_bits} {}

    /// Takes a prefix of `in` and fills a prefix of `out`.
    ///
    /// There may be `more` whenever `out` is full and a block is not at its end.
    Step inflate(BytesView& in, MutableBytesView out) {
        if (!state_) state_ = acquire_zlib_state(key_);
        const z_stream& stream = state_->stream();
        const std::size_t offered = state_->set_input(in);
        const std::size_t room = state_->set_output(out);
        const Error error = run(state_->stream());
        in = in.subspan(offered - stream.avail_in);
        return {.produced = room - stream.avail_out,
                .more = error == Error::None && stream.avail_out == 0 && !between_blocks(),
                .error = error};
    }

    /// Ends the message, of which there is no `more`. The window stays for the next one.
    Error finish() {
        // A stream that ended with the last byte needs no tail, and could not take it for a block.
        if (std::exchange(stream_ended_, false)) return Error::None;
        // The tail belongs to an empty block: where it asks for room, the data ended inside
        // another.
        BytesView tail{deflate_tail};
        std::byte no_room{};
        const Step step = inflate(tail, MutableBytesView{&no_room, 0});
        const bool fine = step.error == Error::None && at_byte_between_blocks();
        stream_ended_ = false;
        return fine ? Error::None : Error::InvalidDeflateData;
    }

    /// Gives the window away: the next message starts without one.
    void forget() noexcept { state_.reset(); }

  private:
    // A final block ends zlib's stream, but not the message: `inflateResetKeep` goes on with
    // another one, in constant time, and keeps the window. RFC 7692 §7.2.3.4.
    Error run(z_stream& stream) {
        int result = Z_OK;
        do {
            stream_ended_ = stream_ended_ && stream.avail_in == 0;
            result = ::inflate(&stream, Z_NO_FLUSH);
            if (result != Z_STREAM_END) break;
            ::inflateResetKeep(&stream);
            stream_ended_ = true;
        } while (stream.avail_in != 0);
        if (result == Z_MEM_ERROR) throw_bad_alloc();
        const bool fine = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
        return fine ? Error::None : Error::InvalidDeflateData;
    }

    // zlib.h, at inflate(): bit 7 of data_type says that the last block was written out, bits 0 to
    // 5 count the bits of the input that are left.
    [[nodiscard]] bool between_blocks() const noexcept {
        return stream_ended_ || (state_->stream().data_type & 0x80) != 0;
    }
    [[nodiscard]] bool at_byte_between_blocks() const noexcept {
        return stream_ended_ || (state_->stream().data_type & 0xBF) == 0x80;
    }

    ZlibKey key_;
    ZlibHandle state_{};
    bool stream_ended_ = false;  // by a final block, and nothing came since
};

}  // namespace wsproto::detail

#endif
