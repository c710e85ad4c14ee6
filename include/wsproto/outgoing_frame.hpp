// A frame to hand to `writev`: a header of its own, and the payload where it lies.
#ifndef WSPROTO_OUTGOING_FRAME_HPP
#define WSPROTO_OUTGOING_FRAME_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/frame.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace wsproto {

/// What `send_gather` returns: write `header()`, then `payload()`.
class OutgoingFrame {
  public:
    OutgoingFrame() noexcept = default;

    /// A header that fits the payload. `first` is its first byte, `key` null if it is not masked.
    OutgoingFrame(std::byte first, const detail::MaskingKey* key, BytesView payload) noexcept
        : payload_{payload} {
        const std::byte* const end = detail::put_header(header_.data(), first, payload.size(), key);
        header_size_ = static_cast<std::uint8_t>(end - header_.data());
    }

    /// 2 to 14 bytes, owned by this object; empty if sending failed.
    [[nodiscard]] BytesView header() const& noexcept { return {header_.data(), header_size_}; }
    void header() const&& = delete;

    /// The caller's payload where nothing has to change it, else the scratch memory.
    [[nodiscard]] BytesView payload() const noexcept { return payload_; }

    /// Bytes in all.
    [[nodiscard]] std::size_t size() const noexcept { return header_size_ + payload_.size(); }

  private:
    std::array<std::byte, max_header_size> header_;  // written as far as `header` shows
    std::uint8_t header_size_ = 0;
    BytesView payload_{};
};

}  // namespace wsproto

#endif
