// Both directions of the framing layer in one object: bytes to messages and control frames, and
// back. It knows no events, no states and no handshake; a Connection adds those.
#ifndef WSPROTO_FRAME_PROTOCOL_HPP
#define WSPROTO_FRAME_PROTOCOL_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/close_reason.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/close_payload.hpp>
#include <wsproto/detail/frame_encoder.hpp>
#include <wsproto/detail/frame_source.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/frame_decoder.hpp>
#include <wsproto/message_decoder.hpp>
#include <wsproto/options.hpp>
#include <wsproto/outgoing_frame.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace wsproto {

/// The framing layer of one end of a WebSocket. RFC 6455 §5.
class FrameProtocol : public detail::FrameSource<FrameProtocol> {
  public:
    /// Uses those extensions that are enabled, in the order of the response header.
    explicit FrameProtocol(ConnectionType role, const Extensions& extensions = {},
                           const Options& options = {})
        : decoder_{role, options.limits, enabled(extensions)},
          messages_{options.delivery},
          encoder_{role, options.random} {}

    /// Makes the next message, piece of one, or control frame in `frame`; `in` shrinks from the
    /// front.
    ///
    /// The payload is valid until the next call. After a Close, input is dropped.
    Progress next(MutableBytesView& in, Frame& frame) {
        for (;;) {
            if (closed_) {
                in = {};
                return close_error_ == Error::None ? Progress::NeedMore : Progress::Failed;
            }
            const Progress shown = messages_.next(decoder_, frame);
            if (shown != Progress::NeedMore) {
                return shown;
            }
            const Progress taken = decoder_.next(in, frame);
            if (taken != Progress::Ready) {
                return taken;
            }
            if (is_control(frame.opcode)) {
                return finish_control(frame);
            }
            messages_.begin(frame);
        }
    }

    /// Frees what was shown last; whether `next_whole` and `next_piece` may be tried.
    bool settle() noexcept { return !closed_ && messages_.settle() && decoder_.is_plain(); }

    /// A fast path of `next`, once settled: a valid message, all of which is in `in`, and behind it
    /// `slack` bytes that may be rewritten unchanged.
    ///
    /// False: call `next`, and no fast path again before `settle`.
    [[gnu::always_inline]] bool next_whole(MutableBytesView& in, std::size_t slack,
                                           Frame& frame) noexcept {
        const Progress taken = decoder_.take_whole(in, slack, frame);
        if (taken == Progress::Failed) [[unlikely]] {
            messages_.begin(frame);
        }
        return taken == Progress::Ready;
    }

    /// Another one, once settled: the next piece of a message that has begun.
    bool next_piece(MutableBytesView& in, Frame& frame) {
        if (!decoder_.in_frame() || !messages_.shows_pieces()) {
            return false;
        }
        MaskedPiece piece;
        return decoder_.take_masked(in, piece, frame) &&
               messages_.show_piece(decoder_, piece, frame);
    }

    /// Why `next` failed.
    [[nodiscard]] Error error() const noexcept {
        if (close_error_ != Error::None) {
            return close_error_;
        }
        return decoder_.error() != Error::None ? decoder_.error() : messages_.error();
    }

    /// The complaint with what it complains about, "Invalid opcode 0x3".
    [[nodiscard]] std::string error_message() const {
        return error() == decoder_.error() ? decoder_.error_message()
                                           : std::string{message(error())};
    }

    /// Whether something was taken from the input and not shown.
    [[nodiscard]] bool holds_input() const noexcept { return messages_.holds_input(); }

    /// Copies that: the memory it lies in is about to change.
    void keep_input() {
        if (holds_input()) {
            messages_.keep();
        }
    }

    /// Appends one frame of a message to `out`.
    [[nodiscard]] Error send_data(const OutgoingMessage& message, Bytes& out) {
        return encoder_.message(decoder_.extensions(), message, out);
    }

    /// The same as header and payload, to be written one behind the other.
    [[nodiscard]] Error send_data(const OutgoingMessage& message, OutgoingFrame& frame,
                                  Bytes& scratch) {
        return encoder_.gather(decoder_.extensions(), message, frame, scratch);
    }

    /// Appends a Ping of at most 125 bytes; if longer, it is an error and nothing is appended.
    [[nodiscard]] Error ping(BytesView payload, Bytes& out) {
        return encoder_.control(Opcode::Ping, payload, out);
    }

    /// Appends a Pong, likewise.
    [[nodiscard]] Error pong(BytesView payload, Bytes& out) {
        return encoder_.control(Opcode::Pong, payload, out);
    }

    /// Appends a Close; the reason is cut to 123 bytes at a code point.
    [[nodiscard]] Error close(CloseReason code, std::string_view reason, Bytes& out) {
        const auto payload = detail::encode_close(code, reason);
        return payload.error != Error::None ? payload.error
                                            : encoder_.control(Opcode::Close, payload.view(), out);
    }

    [[nodiscard]] ConnectionType role() const noexcept { return decoder_.role(); }

    /// `Limits::chunk_size`.
    [[nodiscard]] std::size_t chunk_size() const noexcept { return decoder_.chunk_size(); }

    /// Holds from the next frame on.
    void set_limits(const Limits& limits) noexcept { decoder_.set_limits(limits); }

  private:
    // Sorted by insertion: there are few of them.
    static Extensions enabled(const Extensions& extensions) {
        Extensions sorted;
        for (const auto& extension : extensions) {
            if (extension->enabled()) {
                auto place = sorted.begin();
                while (place != sorted.end() && (*place)->position() <= extension->position()) {
                    ++place;
                }
                sorted.insert(place, extension);
            }
        }
        return sorted;
    }

    Progress finish_control(const Frame& frame) noexcept {
        if (frame.opcode == Opcode::Close) {
            closed_ = true;
            close_error_ = detail::parse_close(frame.payload).error;
        }
        return close_error_ == Error::None ? Progress::Ready : Progress::Failed;
    }

    FrameDecoder decoder_;
    MessageDecoder messages_;
    detail::FrameEncoder encoder_;
    Error close_error_ = Error::None;
    bool closed_ = false;
};

}  // namespace wsproto

#endif
