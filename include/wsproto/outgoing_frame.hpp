// A frame to hand to `writev`: a header of its own, and the payload where it lies.
#ifndef WSPROTO_OUTGOING_FRAME_HPP
#define WSPROTO_OUTGOING_FRAME_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/frame.hpp>

#include <cstddef>

namespace wsproto {

/// What `send_gather` returns: write `header()`, then `payload()`.
class OutgoingFrame {
  public:
    OutgoingFrame() = default;
    OutgoingFrame(const EncodedHeader& header, BytesView payload) noexcept
        : header_{header}, payload_{payload} {}

    /// 2 to 14 bytes, owned by this object; empty if sending failed.
    [[nodiscard]] BytesView header() const& noexcept { return header_.view(); }
    void header() const&& = delete;

    /// The caller's payload where nothing has to change it, else the scratch memory.
    [[nodiscard]] BytesView payload() const noexcept { return payload_; }

    /// Bytes in all.
    [[nodiscard]] std::size_t size() const noexcept { return header_.size + payload_.size(); }

  private:
    EncodedHeader header_{};
    BytesView payload_{};
};

}  // namespace wsproto

#endif
