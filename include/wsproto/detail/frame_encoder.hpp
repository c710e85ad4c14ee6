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
#include <new>
#include <utility>

namespace wsproto::detail {

class FrameEncoder {
  public:
    FrameEncoder(ConnectionType role, RandomSource random)
        : random_{std::move(random)}, masks_{role == ConnectionType::Client} {}

    /// Appends a frame to `out`; `extensions` may be null.
    Error message(ExtensionStack* extensions, OutgoingMessage message, Bytes& out) {
        if (!is_plain(extensions, message)) {
            return any_message(extensions, message, out);
        }
        append(first_byte({.opcode = message.opcode}), message.payload, out);
        return Error::None;
    }

    /// The same in two parts; the payload views `message.payload` or `scratch`, which is cleared.
    Error gather(ExtensionStack* extensions, OutgoingMessage message, OutgoingFrame& frame,
                 Bytes& scratch) {
        if (!is_plain(extensions, message)) {
            return gather_any(extensions, message, frame, scratch);
        }
        scratch.clear();
        assemble(first_byte({.opcode = message.opcode}), message.payload, frame, scratch);
        return Error::None;
    }

    /// Appends a Close, Ping or Pong to `out`.
    Error control(Opcode opcode, BytesView payload, Bytes& out) {
        if (payload.size() > max_control_payload) {
            return Error::ControlPayloadTooLong;
        }
        append(first_byte({.opcode = opcode}), payload, out);
        return Error::None;
    }

  private:
    // The fast path: a whole and valid message that nothing transforms.
    [[nodiscard]] bool is_plain(const ExtensionStack* extensions,
                                OutgoingMessage message) const noexcept {
        return extensions == nullptr && message.fin && !in_message_ &&
               (message.opcode != Opcode::Text || is_valid_utf8(message.payload));
    }

    [[gnu::noinline]] Error any_message(ExtensionStack* extensions, OutgoingMessage message,
                                        Bytes& out) {
        Utf8Validator text = text_;
        if (const Error error = check(message, text); error != Error::None) {
            return error;
        }
        FrameHeader header = header_of(message);
        if (passes(extensions, message)) {
            const Error error = append_transformed(*extensions, header, message, out);
            if (error != Error::None) {
                return error;
            }
        } else {
            append(first_byte(header), message.payload, out);
        }
        commit(message, text);
        return Error::None;
    }

    [[gnu::noinline]] Error gather_any(ExtensionStack* extensions, OutgoingMessage message,
                                       OutgoingFrame& frame, Bytes& scratch) {
        Utf8Validator text = text_;
        if (const Error error = check(message, text); error != Error::None) {
            return error;
        }
        scratch.clear();
        FrameHeader header = header_of(message);
        BytesView payload = message.payload;
        const bool transformed = passes(extensions, message);
        if (transformed) {
            const bool compress = compresses(message);
            const Error error = extensions->outbound(header, payload, compress, scratch);
            if (error != Error::None) {
                return error;
            }
            payload = scratch;
        }
        assemble(first_byte(header), payload, frame, scratch);
        if (transformed) {
            extensions->outbound_sent();
        }
        commit(message, text);
        return Error::None;
    }

    [[nodiscard]] Error check(OutgoingMessage message, Utf8Validator& text) const noexcept {
        if (in_message_ && message.opcode != opcode_) {
            return Error::DataTypeMismatch;
        }
        if (message.opcode != Opcode::Text) {
            return Error::None;
        }
        const bool valid = text.feed(message.payload).valid;
        return valid && (!message.fin || text.at_boundary()) ? Error::None : Error::TextNotUtf8;
    }

    [[nodiscard]] FrameHeader header_of(OutgoingMessage message) const noexcept {
        return {.fin = message.fin, .opcode = in_message_ ? Opcode::Continuation : message.opcode};
    }

    [[nodiscard]] bool compresses(OutgoingMessage message) const noexcept {
        return in_message_ ? compress_ : message.compress;
    }

    [[nodiscard]] bool passes(const ExtensionStack* extensions, OutgoingMessage message) const {
        return extensions != nullptr && extensions->touches(compresses(message));
    }

    void commit(OutgoingMessage message, Utf8Validator text) noexcept {
        compress_ = compresses(message);
        opcode_ = message.opcode;
        in_message_ = !message.fin;
        text_ = text;
    }

    [[nodiscard]] MaskingKey draw_key() const {
        MaskingKey key;
        random_(key);
        return key;
    }

    void append(std::byte first, BytesView payload, Bytes& out) const {
        if (masks_) {
            append_masked(first, payload, out);
        } else {
            append_plain(first, payload, out);
        }
    }

    // Where there is room it calls nothing, so that it has nothing to save.
    [[gnu::noinline, gnu::flatten]] static void append_plain(std::byte first, BytesView payload,
                                                             Bytes& out) {
        const std::size_t size = header_size(payload.size(), false) + payload.size();
        if (!has_room(out, size)) {
            append_plain_elsewhere(first, payload, out);
            return;
        }
        copy_bytes(put_header(extend_in_place(out, size), first, payload.size()), payload);
    }

    [[gnu::noinline]] static void append_plain_elsewhere(std::byte first, BytesView payload,
                                                         Bytes& out) {
        const std::size_t size = header_size(payload.size(), false) + payload.size();
        copy_bytes(put_header(extend(out, size), first, payload.size()), payload);
    }

    // Likewise, where the header is short and there is a key in stock. Whether there is room is
    // asked last: behind what lies between there and its use, GCC would ask again.
    [[gnu::noinline, gnu::flatten]] void append_masked(std::byte first, BytesView payload,
                                                       Bytes& out) const {
        MaskingKey key;
        const std::size_t size = header_size(0, true) + payload.size();
        if (header_size(payload.size(), true) != header_size(0, true) ||
            !random_.take_from_stock(key) || !has_room(out, size)) {
            append_any_masked(first, payload, out);
            return;
        }
        std::byte* const to = extend_in_place(out, size);
        mask_short(put_header(to, first, payload.size(), &key), payload.data(), payload.size(),
                   key);
    }

    [[gnu::noinline, gnu::flatten]] void append_any_masked(std::byte first, BytesView payload,
                                                           Bytes& out) const {
        const MaskingKey key = draw_key();
        std::byte* const to = extend(out, header_size(payload.size(), true) + payload.size());
        mask_copy(put_header(to, first, payload.size(), &key), payload, key);
    }

    // Makes the frame where it is: a copy would have to wait for its bytes.
    void assemble(std::byte first, BytesView payload, OutgoingFrame& frame, Bytes& scratch) const {
        if (masks_) {
            assemble_masked(first, payload, frame, scratch);
        } else {
            ::new (&frame) OutgoingFrame{first, nullptr, payload};
        }
    }

    [[gnu::noinline, gnu::flatten]] void assemble_masked(std::byte first, BytesView payload,
                                                         OutgoingFrame& frame,
                                                         Bytes& scratch) const {
        const MaskingKey key = draw_key();
        ::new (&frame) OutgoingFrame{first, &key, mask_into(scratch, payload, key)};
    }

    static BytesView mask_into(Bytes& scratch, BytesView payload, MaskingKey key) {
        if (!scratch.empty()) {
            mask_in_place(scratch, key);
        } else {
            mask_copy(extend(scratch, payload.size()), payload, key);
        }
        return scratch;
    }

    // The payload is made behind a gap of the size that its header will probably have.
    Error append_transformed(ExtensionStack& extensions, FrameHeader header,
                             OutgoingMessage message, Bytes& out) {
        Appending appending{out};
        const std::size_t gap = header_size(message.payload.size() / 2, masks_);
        extend(out, gap);
        const bool compress = compresses(message);
        if (const Error error = extensions.outbound(header, message.payload, compress, out);
            error != Error::None) {
            return error;
        }
        const std::size_t size = out.size() - appending.begin() - gap;
        header.payload_length = size;
        if (masks_) {
            header.masking_key = draw_key();
        }
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

    RandomSource random_;
    Utf8Validator text_{};
    Opcode opcode_ = Opcode::Text;  // of the unfinished message
    bool masks_;
    bool in_message_ = false;
    bool compress_ = true;
};

}  // namespace wsproto::detail

#endif
