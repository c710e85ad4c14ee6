// Messages and control payloads to frames: the sending half of the framing layer (RFC 6455 §5,
// §6.1). It keeps the sequence of fragments, validates text, lets extensions transform, and masks.
// Nothing is changed by what it refuses. States of the connection are not known here.
#ifndef WSPROTO_DETAIL_FRAME_ENCODER_HPP
#define WSPROTO_DETAIL_FRAME_ENCODER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/detail/extension_stack.hpp>
#include <wsproto/detail/mask.hpp>
#include <wsproto/detail/utf8.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/outgoing_frame.hpp>
#include <wsproto/random.hpp>

#include <cstddef>
#include <cstring>
#include <utility>

namespace wsproto::detail {

/// One frame of a message to send.
struct OutgoingMessage {
    Opcode opcode = Opcode::Text;  ///< Text or Binary, on every frame.
    BytesView payload{};
    bool fin = true;
    bool compress = true;  ///< Read at the first frame.
};

/// Takes back what was appended to `out`, unless it is to stay.
class Appending {
  public:
    explicit Appending(Bytes& out) noexcept : out_{out}, size_{out.size()} {}
    Appending(const Appending&) = delete;
    Appending& operator=(const Appending&) = delete;
    ~Appending() {
        if (!kept_) {
            out_.resize(size_);
        }
    }
    void keep() noexcept { kept_ = true; }
    [[nodiscard]] std::size_t begin() const noexcept { return size_; }

  private:
    Bytes& out_;
    std::size_t size_;
    bool kept_ = false;
};

class FrameEncoder {
  public:
    FrameEncoder(ConnectionType role, RandomSource random)
        : random_{std::move(random)}, masks_{role == ConnectionType::Client} {}

    /// Appends a frame to `out`; `extensions` may be null.
    Error message(ExtensionStack* extensions, const OutgoingMessage& message, Bytes& out) {
        Utf8Validator text = text_;
        if (const Error error = check(message, text); error != Error::None) {
            return error;
        }
        FrameHeader header = header_of(message);
        const bool compress = in_message_ ? compress_ : message.compress;
        if (extensions != nullptr && extensions->touches(compress)) {
            const Error error = append_transformed(*extensions, header, message, out);
            if (error != Error::None) {
                return error;
            }
        } else {
            append(header, message.payload, out);
        }
        commit(message, text);
        return Error::None;
    }

    /// The same in two parts; the payload views `message.payload` or `scratch`, which is cleared.
    Error gather(ExtensionStack* extensions, const OutgoingMessage& message, OutgoingFrame& frame,
                 Bytes& scratch) {
        Utf8Validator text = text_;
        if (const Error error = check(message, text); error != Error::None) {
            return error;
        }
        scratch.clear();
        FrameHeader header = header_of(message);
        BytesView payload = message.payload;
        const bool compress = in_message_ ? compress_ : message.compress;
        const bool transformed = extensions != nullptr && extensions->touches(compress);
        if (transformed) {
            const Error error = extensions->outbound(header, payload, compress, scratch);
            if (error != Error::None) {
                return error;
            }
            payload = scratch;
        }
        header.payload_length = payload.size();
        mask_into(scratch, header, payload);
        frame = {encode_header(header), payload};
        if (transformed) {
            extensions->outbound_sent();
        }
        commit(message, text);
        return Error::None;
    }

    /// Appends a Close, Ping or Pong to `out`.
    Error control(Opcode opcode, BytesView payload, Bytes& out) {
        if (payload.size() > max_control_payload) {
            return Error::ControlPayloadTooLong;
        }
        append({.opcode = opcode}, payload, out);
        return Error::None;
    }

  private:
    [[nodiscard]] Error check(const OutgoingMessage& message, Utf8Validator& text) const noexcept {
        if (in_message_ && message.opcode != opcode_) {
            return Error::DataTypeMismatch;
        }
        if (message.opcode != Opcode::Text) {
            return Error::None;
        }
        const bool valid = text.feed(message.payload).valid;
        return valid && (!message.fin || text.at_boundary()) ? Error::None : Error::TextNotUtf8;
    }

    [[nodiscard]] FrameHeader header_of(const OutgoingMessage& message) const noexcept {
        return {.fin = message.fin,
                .opcode = in_message_ ? Opcode::Continuation : message.opcode,
                .payload_length = message.payload.size()};
    }

    void commit(const OutgoingMessage& message, Utf8Validator text) noexcept {
        compress_ = in_message_ ? compress_ : message.compress;
        opcode_ = message.opcode;
        in_message_ = !message.fin;
        text_ = text;
    }

    void draw_key(FrameHeader& header) const {
        if (masks_) {
            header.masking_key.emplace();
            random_(*header.masking_key);
        }
    }

    void append(FrameHeader header, BytesView payload, Bytes& out) const {
        header.payload_length = payload.size();
        draw_key(header);
        const EncodedHeader encoded = encode_header(header);
        std::byte* const at = extend(out, encoded.size + payload.size());
        std::memcpy(at, encoded.bytes.data(), encoded.size);
        if (masks_) {
            mask_copy(at + encoded.size, payload, *header.masking_key);
        } else if (!payload.empty()) {
            std::memcpy(at + encoded.size, payload.data(), payload.size());
        }
    }

    // The payload is made behind a gap of the size that its header will probably have.
    Error append_transformed(ExtensionStack& extensions, FrameHeader header,
                             const OutgoingMessage& message, Bytes& out) {
        Appending appending{out};
        const std::size_t gap = header_size(message.payload.size() / 2, masks_);
        extend(out, gap);
        const bool compress = in_message_ ? compress_ : message.compress;
        if (const Error error = extensions.outbound(header, message.payload, compress, out);
            error != Error::None) {
            return error;
        }
        const std::size_t size = out.size() - appending.begin() - gap;
        header.payload_length = size;
        draw_key(header);
        const EncodedHeader encoded = encode_header(header);
        if (encoded.size > gap) {
            extend(out, encoded.size - gap);
        }
        std::byte* const at = out.data() + appending.begin();
        std::memmove(at + encoded.size, at + gap, size);
        std::memcpy(at, encoded.bytes.data(), encoded.size);
        out.resize(appending.begin() + encoded.size + size);
        if (masks_) {
            mask_in_place(MutableBytesView{out}.last(size), *header.masking_key);
        }
        appending.keep();
        extensions.outbound_sent();
        return Error::None;
    }

    void mask_into(Bytes& scratch, FrameHeader& header, BytesView& payload) const {
        if (!masks_) {
            return;
        }
        draw_key(header);
        if (payload.data() == scratch.data() && !payload.empty()) {
            mask_in_place(scratch, *header.masking_key);
            return;
        }
        scratch.resize(payload.size());
        mask_copy(scratch.data(), payload, *header.masking_key);
        payload = scratch;
    }

    RandomSource random_;
    Utf8Validator text_{};
    Opcode opcode_ = Opcode::Text;  // of the unfinished message
    bool masks_;
    bool in_message_ = false;
    bool compress_ = true;
};

}  // namespace wsproto::detail

#endif
