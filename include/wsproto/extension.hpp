// What an extension of the protocol is (RFC 6455 §9): it negotiates on header strings and then sees
// each frame on its way in and out. Work is bounded: inbound payload is transformed in steps into
// memory that the caller sized. Which extensions exist, and in which order they run, is not known
// here.
#ifndef WSPROTO_EXTENSION_HPP
#define WSPROTO_EXTENSION_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/frame.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsproto {

/// What one step of an inbound transformation did.
struct Step {
    std::size_t produced = 0;  ///< Bytes written to the front of `out`.
    bool more = false;         ///< `out` was too small: call again, with the rest of the input.
    Error error{};  ///< The payload cannot be decoded; what was produced before is valid.
};

/// The base of every extension, user-written ones included. RFC 6455 §9.
///
/// An object belongs to one connection: attaching it to a second is a `LocalProtocolError`. Payload
/// hooks are called for data frames only, `frame_inbound_header` for control frames too. An
/// extension that owns reserved bits sees the payload of a message from the first frame on that has
/// one of its bits set; one that owns none sees all. An inbound hook's error is the peer's mistake:
/// one that stands for a `LocalProtocolError` counts as `ExtensionProtocolError`. No hook may throw
/// anything but `std::bad_alloc`; whatever it throws comes out of the `send` or the range that
/// called it, and means what a lack of memory means there.
class Extension {
  public:
    Extension() = default;
    Extension(const Extension&) = delete;
    Extension& operator=(const Extension&) = delete;
    virtual ~Extension() = default;

    /// The registered token, in lower case. RFC 6455 §11.4.
    [[nodiscard]] virtual std::string_view name() const = 0;

    /// Whether it takes part in the connection. By default: once a handshake agreed on it.
    [[nodiscard]] virtual bool enabled() const { return agreed_; }

    /// A complaint about the options it was made with, reported by the first `send` or `events`.
    [[nodiscard]] virtual Error validate() const { return Error::None; }

    /// The parameters that a client offers, "a; b=1"; "" is the bare name, nothing: not offered.
    [[nodiscard]] virtual std::optional<std::string> offer() const = 0;

    /// A server's answer to `offer`, given with its name, "x; a; b=1": parameters, or nothing to
    /// decline.
    virtual std::optional<std::string> accept(std::string_view offer) {
        static_cast<void>(offer);
        return std::nullopt;
    }

    /// Tells a client's extension what the server answered, name included; an error fails the
    /// handshake.
    virtual Error finalize(std::string_view response) {
        static_cast<void>(response);
        return Error::None;
    }

    /// The reserved bits that it owns while enabled.
    [[nodiscard]] virtual RsvBits reserved_bits() const { return {}; }

    /// Whether `Message::compress = false` keeps it away from a message.
    [[nodiscard]] virtual bool compresses() const { return false; }

    /// Called once for each frame, when its header is complete.
    virtual Error frame_inbound_header(const FrameHeader& header) {
        static_cast<void>(header);
        return Error::None;
    }

    /// Takes a prefix of `in`, by advancing it, and fills a prefix of `out`.
    ///
    /// Called until `in` is empty and there is no `more`. The default copies.
    virtual Step frame_inbound_payload_data(BytesView& in, MutableBytesView out) {
        const std::size_t count = in.size() < out.size() ? in.size() : out.size();
        for (std::size_t index = 0; index != count; ++index) {
            out[index] = in[index];
        }
        in = in.subspan(count);
        return {.produced = count, .more = !in.empty()};
    }

    /// Called behind the last payload byte of a frame, `fin` of the message, while it asks for
    /// `more`.
    virtual Step frame_inbound_complete(bool fin, MutableBytesView out) {
        static_cast<void>(fin);
        static_cast<void>(out);
        return {};
    }

    /// Appends the transformed `payload` to `out` and sets its reserved bits in `header`.
    ///
    /// `header.opcode` is Continuation on all but the first frame. `fin`: the message ends here.
    /// With an error it refuses the frame, and is as it was: nothing is sent, and the next frame is
    /// as if this one had never been. Where a frame that it took is lost, because another extension
    /// refuses it or memory lacks, it is not called again.
    virtual Error frame_outbound(FrameHeader& header, BytesView payload, bool fin, Bytes& out) {
        static_cast<void>(header);
        static_cast<void>(fin);
        detail::append(out, payload);
        return Error::None;
    }

    /// Claims the object for one connection; false if one has it already.
    [[nodiscard]] bool attach() noexcept { return !std::exchange(attached_, true); }
    [[nodiscard]] bool attached() const noexcept { return attached_; }

    /// Told by the handshake functions: agreed on, as the `position`-th of the response header.
    void agree(std::size_t position) noexcept {
        agreed_ = true;
        position_ = position;
    }

    /// Its place in the response header; 0 where none was seen.
    [[nodiscard]] std::size_t position() const noexcept { return position_; }

  private:
    bool attached_ = false;
    bool agreed_ = false;
    std::size_t position_ = 0;
};

/// Extensions of one connection, in the order of the response header once agreed on; none is null.
/// RFC 6455 §9.1.
using Extensions = std::vector<std::shared_ptr<Extension>>;

}  // namespace wsproto

#endif
