// Bytes to frames: the receiving half of the framing layer (RFC 6455 §5). It demands every rule of
// headers and of their sequence, unmasks in place, and hands payload over as it arrives; control
// frames come whole. What the payload of a message means is not known here.
#ifndef WSPROTO_FRAME_DECODER_HPP
#define WSPROTO_FRAME_DECODER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/extension_stack.hpp>
#include <wsproto/detail/frame_source.hpp>
#include <wsproto/detail/header_parser.hpp>
#include <wsproto/detail/mask.hpp>
#include <wsproto/detail/plain_header.hpp>
#include <wsproto/detail/utf8.hpp>
#include <wsproto/detail/whole_payload.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/options.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wsproto {

/// Payload as it came, and the key for it; zeros, if it is not masked.
struct MaskedPiece {
    MutableBytesView payload{};
    MaskingKey key{};
};

/// Takes frames off the front of what was received.
///
/// It keeps nothing of its input but an incomplete header or control frame.
class FrameDecoder : public detail::FrameSource<FrameDecoder> {
  public:
    /// `role` is ours: a server demands masked frames. Extensions claim reserved bits.
    explicit FrameDecoder(ConnectionType role, const Limits& limits = {},
                          Extensions extensions = {})
        : role_{role},
          mask_bit_{role == ConnectionType::Server ? detail::masked_bit : std::uint8_t{0}} {
        if (!extensions.empty()) {
            extensions_ = std::make_unique<detail::ExtensionStack>(std::move(extensions));
        }
        set_limits(limits);
    }

    /// Makes the next frame, or the next piece of one, in `frame`; `in` shrinks from the front.
    ///
    /// `NeedMore`: `in` is empty now. `Failed`: see `error()`; nothing follows. The payload is
    /// unmasked inside `in` and valid until the next call; it is not yet transformed by extensions.
    Progress next(MutableBytesView& in, Frame& frame) {
        if (error_ != Error::None) {
            return Progress::Failed;
        }
        if (!in_frame_ && !begin_frame(in)) {
            return error_ == Error::None ? Progress::NeedMore : Progress::Failed;
        }
        return is_control(opcode_) ? take_control(in, frame) : take_data(in, frame);
    }

    /// Whether no extension looks on and nothing is pending but, perhaps, payload of the last frame
    /// of a message.
    [[nodiscard]] bool is_plain() const noexcept {
        const bool in_control = in_frame_ && is_control(opcode_);
        return !in_control && !in_message_ && carried_ == 0 && error_ == Error::None &&
               !extensions_;
    }

    /// Whether payload of the current frame is to come.
    [[nodiscard]] bool in_frame() const noexcept { return in_frame_; }

    /// The fast path of `next`, while plain: an unfragmented message, all of which is in `in`.
    ///
    /// `NeedMore`: nothing was taken, and `next` tells what is there. `Failed`: it is a text and
    /// not valid. `slack` bytes behind `in` may be read, and rewritten unchanged.
    [[gnu::always_inline]] Progress take_whole(MutableBytesView& in, std::size_t slack,
                                               Frame& frame) noexcept {
        const auto header =
            in_frame_ ? detail::PlainHeader{} : detail::parse_plain_header(in, mask_bit_);
        if (header.size == 0 || header.payload_size >= whole_room_) {
            return Progress::NeedMore;
        }
        if (in.size() < header.size + header.payload_size) {
            begin_cut_frame(in, header);
            return Progress::NeedMore;
        }
        const MutableBytesView payload{in.data() + header.size, header.payload_size};
        const BytesView head{in.data(), header.size};
        frame = {.opcode = header.opcode, .payload = payload};
        const std::size_t behind = in.size() - header.size - header.payload_size;
        in = MutableBytesView{payload.data() + payload.size(), behind};
        bool valid = true;
        if (mask_bit_ != 0) {
            valid = detail::unmask_whole(payload, detail::masking_key_of(head), behind + slack,
                                         frame.opcode);
        } else if (frame.opcode == Opcode::Text) {
            valid = detail::is_valid_utf8(payload);
        }
        return valid ? Progress::Ready : Progress::Failed;
    }

    void unmask(const MaskedPiece& piece) const noexcept {
        if (mask_bit_ != 0) {
            detail::mask_in_place(piece.payload, piece.key);
        }
    }

    /// Takes the next piece of the payload as it is; `frame` views it. False if `in` has nothing.
    bool take_masked(MutableBytesView& in, MaskedPiece& piece, Frame& frame) noexcept {
        if (in.empty() && remaining_ != 0) {
            return false;
        }
        const std::size_t count =
            remaining_ < in.size() ? static_cast<std::size_t>(remaining_) : in.size();
        piece = {.payload = in.first(count), .key = key_};
        in = in.subspan(count);
        key_ = detail::rotate(key_, count);
        remaining_ -= count;
        in_frame_ = remaining_ != 0;
        frame = {.opcode = message_opcode_,
                 .payload = piece.payload,
                 .frame_finished = !in_frame_,
                 .message_finished = !in_frame_ && !in_message_};
        return true;
    }

    /// Why `next` failed.
    [[nodiscard]] Error error() const noexcept { return error_; }

    /// The complaint with what it complains about, "Invalid opcode 0x3".
    [[nodiscard]] std::string error_message() const;

    /// Payload bytes that the current message may still have, when extensions make them.
    [[nodiscard]] std::uint64_t message_room() const noexcept { return message_room_; }

    /// Counts payload that extensions have made; at most `message_room()`.
    void count_transformed(std::size_t size) noexcept {
        message_room_ -= size;
        message_size_ += size;
    }

    /// Payload bytes that the current message still has, where its last frame has begun.
    [[nodiscard]] std::optional<std::uint64_t> message_rest() const noexcept {
        return in_message_ ? std::nullopt : std::optional{remaining_};
    }

    /// Whether the payload of the current data frame has yet to pass extensions.
    [[nodiscard]] bool transforms() const noexcept { return transforms_; }

    /// The extensions, or null.
    [[nodiscard]] detail::ExtensionStack* extensions() const noexcept { return extensions_.get(); }

    [[nodiscard]] ConnectionType role() const noexcept { return role_; }

    /// `Limits::chunk_size`.
    [[nodiscard]] std::size_t chunk_size() const noexcept { return chunk_size_; }

    /// Holds from the next frame on.
    void set_limits(const Limits& limits) noexcept {
        frame_limit_ = limits.frame_size;
        message_limit_ = limits.message_size;
        fragments_limit_ = limits.fragments;
        chunk_size_ = limits.chunk_size;
        const auto limit = std::min(limits.frame_size, limits.message_size);
        whole_room_ = limits.fragments == 0 ? 0 : limit + (limit != max_frame_size);
    }

  private:
    [[nodiscard]] detail::HeaderRules rules() const noexcept {
        return {
            .role = role_,
            .claimed = extensions_ ? extensions_->claimed() : RsvBits{},
            .in_message = in_message_,
            .transformed = extensions_ && (extensions_->always_transforms() ||
                                           (in_message_ && message_rsv_.any())),
            .transforming = extensions_ ? extensions_->claimed() : RsvBits{},
            .frame_room = frame_limit_,
            .message_room = room(message_limit_, in_message_ ? message_size_ : 0),
            .fragments_left = (in_message_ ? fragments_ : 0) < fragments_limit_,
        };
    }

    static constexpr std::uint64_t max_frame_size = ~std::uint64_t{0};

    // Reads where the header lies; only a cut one is carried over.
    bool begin_frame(MutableBytesView& in) {
        if (carried_ == 0) {
            const auto parsed = detail::parse_header(in, rules());
            if (parsed.error == Error::None && parsed.size == 0) {
                std::copy(in.begin(), in.end(), carry_.begin());
                carried_ = static_cast<std::uint8_t>(in.size());
                in = {};
            }
            return accept_header(parsed, in);
        }
        while (!in.empty()) {
            carry_[carried_++] = in.front();
            in = in.subspan(1);
            const auto parsed = detail::parse_header({carry_.data(), carried_}, rules());
            if (parsed.error != Error::None || parsed.size != 0) {
                carried_ = 0;
                MutableBytesView consumed{carry_.data(), parsed.size};
                return accept_header(parsed, consumed);
            }
        }
        return false;
    }

    // Not inline, lest the fast path pay for its size.
    [[gnu::noinline]] void begin_cut_frame(MutableBytesView& in, detail::PlainHeader plain) {
        if (in.size() < plain.size) return;
        const BytesView head = in.first(plain.size);
        in = in.subspan(plain.size);
        opcode_ = plain.opcode;
        begin_data_frame({.opcode = plain.opcode});
        begin_payload(plain.payload_size,
                      mask_bit_ != 0 ? detail::masking_key_of(head) : MaskingKey{});
    }

    bool accept_header(const detail::ParsedHeader& parsed, MutableBytesView& from) {
        const FrameHeader& header = parsed.header;
        opcode_ = header.opcode;
        error_ = parsed.error;
        if (error_ != Error::None || parsed.size == 0) {
            return false;
        }
        from = from.subspan(parsed.size);
        if (!is_control(header.opcode)) {
            begin_data_frame(header);
        }
        if (extensions_) {
            error_ = extensions_->begin_frame(header, message_rsv_);
            if (error_ != Error::None) {
                return false;
            }
            if (!is_control(header.opcode)) {
                transforms_ = extensions_->transforms();
            }
        }
        begin_payload(header.payload_length, header.masking_key.value_or(MaskingKey{}));
        return true;
    }

    void begin_payload(std::uint64_t size, MaskingKey key) noexcept {
        if (!is_control(opcode_) && !transforms_) {
            message_size_ += size;
        }
        in_frame_ = true;
        remaining_ = size;
        key_ = key;
    }

    void begin_data_frame(const FrameHeader& header) {
        if (header.opcode != Opcode::Continuation) {
            message_opcode_ = header.opcode;
            message_rsv_ = {};
            message_size_ = 0;
            fragments_ = 0;
        }
        message_rsv_ = message_rsv_ | header.rsv;
        ++fragments_;
        in_message_ = !header.fin;
        transforms_ = false;
        message_room_ = room(message_limit_, message_size_);
    }

    Progress take_control(MutableBytesView& in, Frame& frame) {
        const auto size = static_cast<std::size_t>(remaining_);
        MutableBytesView payload;
        if (carried_ == 0 && in.size() >= size) {
            payload = in.first(size);
            in = in.subspan(size);
        } else {
            const std::size_t count = std::min(size - carried_, in.size());
            std::copy_n(in.begin(), count, carry_.begin() + carried_);
            carried_ = static_cast<std::uint8_t>(carried_ + count);
            in = in.subspan(count);
            if (carried_ != size) {
                return Progress::NeedMore;
            }
            payload = {carry_.data(), size};
        }
        unmask({.payload = payload, .key = key_});
        carried_ = 0;
        in_frame_ = false;
        frame = {.opcode = opcode_, .payload = payload};
        return Progress::Ready;
    }

    Progress take_data(MutableBytesView& in, Frame& frame) {
        MaskedPiece piece;
        if (!take_masked(in, piece, frame)) {
            return Progress::NeedMore;
        }
        unmask(piece);
        return Progress::Ready;
    }

    static constexpr std::uint64_t room(std::uint64_t limit, std::uint64_t used) noexcept {
        return limit > used ? limit - used : 0;
    }

    std::unique_ptr<detail::ExtensionStack> extensions_{};
    std::uint64_t frame_limit_ = 0;
    std::uint64_t message_limit_ = 0;
    std::size_t chunk_size_ = 0;
    std::uint32_t fragments_limit_ = 0;
    std::uint32_t fragments_ = 0;     // of the current message
    std::uint64_t remaining_ = 0;     // payload bytes that the current frame still has
    std::uint64_t message_size_ = 0;  // declared or, where extensions work, made so far
    std::uint64_t message_room_ = 0;  // as of the last header
    std::uint64_t whole_room_ = 0;    // an unfragmented message has fewer payload bytes
    MaskingKey key_{};
    ConnectionType role_;
    std::uint8_t mask_bit_;                         // of the second byte of every received frame
    Opcode opcode_ = Opcode::Continuation;          // of the last header
    Opcode message_opcode_ = Opcode::Continuation;  // of the message it belongs to
    RsvBits message_rsv_{};
    Error error_ = Error::None;
    bool in_frame_ = false;
    bool in_message_ = false;  // the current or last data frame was not final
    bool transforms_ = false;
    std::uint8_t carried_ = 0;
    std::array<std::byte, max_control_payload> carry_;  // a cut header, or a cut control payload
};

inline std::string FrameDecoder::error_message() const {
    std::string text{message(error_)};
    if (error_ == Error::InvalidOpcode) {
        constexpr std::string_view digits = "0123456789abcdef";
        text += " 0x";
        text += digits[static_cast<std::size_t>(opcode_) & 0xF];
    } else if (error_ == Error::ExpectedContinuation) {
        text += ", got ";
        text += to_string(opcode_);
    }
    return text;
}

}  // namespace wsproto

#endif
