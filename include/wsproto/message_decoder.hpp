// Frames to messages: lets payload pass the extensions, validates text, and delivers pieces or
// whole messages. It never shows part of a code point, and shows what is valid before it complains.
// Headers, their sequence and control frames are not known here.
#ifndef WSPROTO_MESSAGE_DECODER_HPP
#define WSPROTO_MESSAGE_DECODER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/detail/extension_stack.hpp>
#include <wsproto/detail/unmask_text.hpp>
#include <wsproto/detail/utf8.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/frame_decoder.hpp>
#include <wsproto/options.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace wsproto {

/// Turns the data frames of one `FrameDecoder` into what the user sees.
class MessageDecoder {
  public:
    explicit MessageDecoder(Delivery delivery = Delivery::Chunks) noexcept : delivery_{delivery} {}
    // Its views are of its own memory: what is moved moves with them, a copy would not.
    MessageDecoder(const MessageDecoder&) = delete;
    MessageDecoder& operator=(const MessageDecoder&) = delete;
    MessageDecoder(MessageDecoder&&) noexcept = default;
    MessageDecoder& operator=(MessageDecoder&&) noexcept = default;
    ~MessageDecoder() = default;

    /// Whether a piece that no extension transforms is shown as it arrives: delivery is in chunks,
    /// and no code point is unfinished.
    [[nodiscard]] bool shows_pieces() const noexcept {
        return delivery_ == Delivery::Chunks && utf8_.at_boundary();
    }

    /// Unmasks and shows such a piece; `out` has its opcode and flags. False: call `next`, which
    /// tells what is wrong, or shows it later.
    bool show_piece(const FrameDecoder& decoder, const MaskedPiece& piece, Frame& out) noexcept {
        if (out.opcode != Opcode::Text) {
            decoder.unmask(piece);
            return true;
        }
        const auto before = utf8_;
        const auto result = decoder.role() == ConnectionType::Server
                                ? detail::unmask_and_validate(piece.payload, piece.key, utf8_)
                                : utf8_.feed(piece.payload);
        if (is_wrong(result, out)) {
            utf8_ = before;
            begin(out);
            return false;
        }
        output_ = out;
        return show_valid(result, out);
    }

    /// Takes what the decoder has made; `next` must have said `NeedMore` before.
    void begin(const Frame& piece) noexcept {
        piece_ = piece;
        has_piece_ = true;
    }

    /// Makes the next piece, or message, in `out`. `NeedMore`: the piece is used up.
    ///
    /// Its payload views the piece, or memory of this object, until the next call.
    Progress next(FrameDecoder& decoder, Frame& out) {
        if (message_shown_) {
            forget_message();
        }
        for (;;) {
            if (!has_output_) {
                if (error_ != Error::None) {
                    return Progress::Failed;
                }
                if (!has_piece_) {
                    give_back(held_);
                    return Progress::NeedMore;
                }
                refill(decoder);
            }
            if (has_output_ && show(out)) {
                message_shown_ = out.message_finished;
                return Progress::Ready;
            }
        }
    }

    /// Frees what was shown last; whether nothing else is pending.
    bool settle() noexcept {
        if (message_shown_) {
            forget_message();
        }
        return !has_output_ && !has_piece_ && error_ == Error::None;
    }

    /// Why `next` failed.
    [[nodiscard]] Error error() const noexcept { return error_; }

    /// Whether `keep` has something to do.
    [[nodiscard]] bool holds_input() const noexcept {
        return has_piece_ || (has_output_ && !output_is_made_);
    }

    /// Copies what is left of the piece: the memory it lies in is about to change.
    [[gnu::noinline]] void keep() {
        if (has_output_ && !output_is_made_) {
            hold(output_.payload);
        }
        if (has_piece_) {
            hold(piece_.payload);
        }
    }

  private:
    void refill(FrameDecoder& decoder) {
        if (delivery_ == Delivery::Messages) {
            collect(decoder);
        } else if (decoder.transforms()) {
            transform(decoder);
        } else {
            output_ = piece_;
            output_is_made_ = has_piece_ = false;
            has_output_ = true;
        }
    }

    // Makes one chunk of what the extensions make of the piece.
    void transform(FrameDecoder& decoder) {
        const std::size_t limit = decoder.chunk_size();
        const std::size_t grown = piece_.payload.empty() ? 2 * buffer_.size() : buffer_.size();
        const std::size_t wish = std::max({8 * piece_.payload.size(), grown, min_buffer_size});
        buffer_.resize(std::min(limit, wish));
        const auto pulled = pull(decoder, buffer_);
        output_ = {.opcode = piece_.opcode,
                   .payload = BytesView{buffer_}.first(pulled.produced),
                   .frame_finished = pulled.ended,
                   .message_finished = pulled.ended && piece_.message_finished};
        // A frame that has shown something tells its end; one that yields nothing is no event.
        const bool tells_end = pulled.ended && frame_shown_ && utf8_.at_boundary();
        has_output_ = pulled.produced != 0 || output_.message_finished || tells_end;
        output_is_made_ = true;
    }

    // Lets the piece pass the extensions into `out`, never beyond the size limit of the message.
    detail::Pulled pull(FrameDecoder& decoder, MutableBytesView out) {
        const std::uint64_t room = decoder.message_room();
        const std::size_t size = room < out.size() ? static_cast<std::size_t>(room) : out.size();
        auto pulled = size == 0 ? probe(decoder) : inbound(decoder, out.first(size));
        decoder.count_transformed(pulled.produced);
        error_ = pulled.error;
        const bool filled = size != 0 && pulled.produced == size;
        has_piece_ = filled && !pulled.ended && error_ == Error::None;
        return pulled;
    }

    // The limit is reached: one more byte exceeds it.
    detail::Pulled probe(FrameDecoder& decoder) {
        std::byte beyond{};
        auto pulled = inbound(decoder, {&beyond, 1});
        if (pulled.produced != 0) {
            pulled = {.error = Error::MessageTooBig};
        }
        return pulled;
    }

    detail::Pulled inbound(FrameDecoder& decoder, MutableBytesView out) {
        return decoder.extensions()->inbound(piece_.payload, piece_.frame_finished,
                                             piece_.message_finished, out);
    }

    // Delivery::Messages: the message becomes an output once it is complete and valid.
    void collect(FrameDecoder& decoder) {
        const Frame piece = piece_;
        if (decoder.transforms()) {
            if (!collect_transformed(decoder, piece.opcode)) {
                return;
            }
        } else {
            has_piece_ = false;
            if (!accept_text(piece.opcode, piece.payload)) {
                return;
            }
            if (!piece.message_finished || !buffer_.empty()) {
                detail::append_arrived(buffer_, piece.payload, decoder.message_rest());
            }
        }
        if (!piece.message_finished) {
            return;
        }
        if (!utf8_.at_boundary()) {
            error_ = Error::InvalidUtf8;
            return;
        }
        const bool in_place = !decoder.transforms() && buffer_.empty();
        output_ = {.opcode = piece.opcode,
                   .payload = in_place ? piece.payload : BytesView{buffer_}};
        output_is_made_ = !in_place;
        has_output_ = true;
    }

    bool collect_transformed(FrameDecoder& decoder, Opcode opcode) {
        do {
            const std::size_t before = buffer_.size();
            const std::size_t wish = std::max(4 * piece_.payload.size(), min_buffer_size);
            detail::extend(buffer_, std::min(wish, decoder.chunk_size()));
            const auto pulled = pull(decoder, MutableBytesView{buffer_}.subspan(before));
            buffer_.resize(before + pulled.produced);
            if (!accept_text(opcode, BytesView{buffer_}.subspan(before))) {
                return false;
            }
        } while (has_piece_);
        return true;
    }

    // Text that is wrong comes before what went wrong behind it.
    bool accept_text(Opcode opcode, BytesView payload) noexcept {
        if (opcode == Opcode::Text && !utf8_.feed(payload).valid) {
            error_ = Error::InvalidUtf8;
            has_piece_ = false;
        }
        return error_ == Error::None;
    }

    // Puts what may be shown of the output into `out`; false if that is nothing.
    bool show(Frame& out) {
        const bool validate = output_.opcode == Opcode::Text && delivery_ == Delivery::Chunks;
        if (validate && !utf8_.at_boundary() && !output_.payload.empty()) {
            return show_split_code_point(out);
        }
        has_output_ = false;
        if (validate && !show_valid(utf8_.feed(output_.payload), out)) {
            return false;
        }
        if (!validate) {
            out = output_;
        }
        frame_shown_ = !out.frame_finished;
        return true;
    }

    // A message must not end inside a code point.
    [[nodiscard]] bool is_wrong(detail::Utf8Result result, const Frame& text) const noexcept {
        return !result.valid || (text.message_finished && !utf8_.at_boundary());
    }

    bool show_valid(detail::Utf8Result result, Frame& out) noexcept {
        const BytesView valid = output_.payload.first(result.complete);
        const BytesView held_back = output_.payload.subspan(result.complete);
        if (is_wrong(result, output_)) {
            fail(Error::InvalidUtf8);
            out = {.opcode = Opcode::Text,
                   .payload = valid,
                   .frame_finished = false,
                   .message_finished = false};
            return !valid.empty();
        }
        std::copy(held_back.begin(), held_back.end(), code_point_.begin());
        out = output_;
        out.payload = valid;
        out.frame_finished = output_.frame_finished && held_back.empty();
        return !valid.empty() || held_back.empty();
    }

    // Completes the code point that an earlier piece has begun, as a small piece of its own.
    bool show_split_code_point(Frame& out) {
        BytesView& rest = output_.payload;
        std::size_t size = utf8_.pending();
        while (!rest.empty() && !utf8_.at_boundary()) {
            code_point_[size++] = rest.front();
            const bool valid = utf8_.feed(rest.first(1)).valid;
            rest = rest.subspan(1);
            if (!valid) {
                fail(Error::InvalidUtf8);
                return false;
            }
        }
        has_output_ = !rest.empty();
        if (!utf8_.at_boundary()) {
            if (output_.message_finished) {
                fail(Error::InvalidUtf8);
            }
            return false;
        }
        out = output_;
        out.payload = BytesView{code_point_}.first(size);
        out.frame_finished = out.frame_finished && !has_output_;
        out.message_finished = out.message_finished && !has_output_;
        frame_shown_ = !out.frame_finished;
        return true;
    }

    void fail(Error error) noexcept {
        error_ = error;
        has_piece_ = has_output_ = false;
    }

    // What is held already stands at its end: views shrink from the front.
    void hold(BytesView& view) {
        if (view.empty() || view.data() + view.size() == held_.data() + held_.size()) {
            return;
        }
        Bytes copy;
        detail::append(copy, view);
        held_ = std::move(copy);
        view = held_;
    }

    void forget_message() noexcept {
        message_shown_ = frame_shown_ = false;
        give_back(buffer_);
    }

    static void give_back(Bytes& memory) noexcept {
        if (memory.capacity() != 0) {
            memory = Bytes{};
        }
    }

    static constexpr std::size_t min_buffer_size = 512;

    Frame piece_{};   // what the decoder gave and extensions have not taken
    Frame output_{};  // what may be shown next
    Bytes buffer_{};  // made by extensions, or a message under way
    Bytes held_{};    // what `keep` has saved
    detail::Utf8Validator utf8_{};
    std::array<std::byte, 4> code_point_{};  // one that is split between pieces
    Delivery delivery_;
    Error error_ = Error::None;  // told when the output was shown
    bool has_piece_ = false;
    bool has_output_ = false;
    bool output_is_made_ = false;  // it lies in memory of ours
    bool frame_shown_ = false;     // a part of the current frame was shown
    bool message_shown_ = false;   // the last part of a message was
};

}  // namespace wsproto

#endif
